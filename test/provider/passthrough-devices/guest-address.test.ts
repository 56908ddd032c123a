import { A, Scenario, TYPE, db, texts } from "../scenario";

let scenario: Scenario;
beforeAll(async () => (scenario = await Scenario.start()));
afterAll(() => scenario.stop());

it.each<[string, object, RegExp]>([
  [
    "an address with a port",
    { host: "10.0.0.7:2222" },
    /guest.host is no name or address [^]*"10.0.0.7:2222"\n[^]*guest\.port/,
  ],
  ["an address in brackets", { host: "[2001:db8::7]" }, /guest.host is no name or address [^]*"2001:db8::7"/],
  [
    "an address with a user",
    { host: "root:secret@db" },
    /guest.host is no name or address of a guest: "…@db"\n(?![^]*secret)/,
  ],
  ["a user with a password", { user: "root:secret" }, /guest.user is no user of a guest\n(?![^]*root:secret)/],
])("%s is refused before anybody is asked, and no password is repeated", async (_what, guest, says) => {
  const diagnostics = await scenario.command({}, (client) => client.validate(TYPE, db([A], { guest })));

  expect(texts(diagnostics)).toEqual([expect.stringMatching(says)]);
});

it.each(["db.example.com", "10.0.0.7", "2001:db8::7", "fe80::1%eth0"])("%s is an address of a guest", async (host) => {
  const config = db([A], { guest: { host, user: "svc@example.com" } });

  expect(await scenario.command({}, (client) => client.validate(TYPE, config))).toEqual([]);
});

it("a jump host with a password beside its user is refused, and the password is not repeated", async () => {
  const diagnostics = await scenario.command(
    { environment: { HOTPLUG_SSH_JUMP_HOST: "me:secret@bastion" } },
    (client) => client.configure(),
  );

  expect(texts(diagnostics)).toEqual([
    expect.stringMatching(/^error: guest_ssh.jump_host has something(?![^]*secret)/),
  ]);
});
