/** A guest that answers anything but a look: nothing of it is believed, and no terminal gets it as it is. */
import { Guest } from "../../lib/guest/guest";
import type { GuestError } from "../../lib/guest/guest-error";
import { parseHostKey } from "../../lib/guest/host-key";
import { makeKey, SshServer } from "../../lib/simulator/guests/ssh-server";

const DRIVE = "0000:13:00.0";
const RECORDS = [
  "bus",
  `drive\t${DRIVE}\t0x010802\t0x8086\t0x0a54\tnvme`,
  `controller\t${DRIVE}\tnvme0\tlive\tS64A\tPM1733`,
  `disk\t${DRIVE}\tnvme0n1`,
];
const HELD = [`asked\t${DRIVE}`, `exclusive\t${DRIVE}\tnvme0n1\t0`];

let server: SshServer;
let guest: Guest;
/** What it prints, by the mark of the script. */
let says: (mark: string) => Promise<string> | string;
let complains = "";

beforeEach(async () => {
  complains = "";
  const clientKey = makeKey();
  server = await SshServer.start({
    host: "127.0.0.1",
    port: 0,
    clientKey,
    hostKey: makeKey(),
    onLogin: () => undefined,
    run: async (_command, script) => ({
      stdout: await says(/^echo (\S+) begin$/m.exec(script)![1]!),
      stderr: complains,
      exitCode: 0,
    }),
  });
  guest = new Guest({
    server: {
      host: server.host,
      port: server.port,
      user: "root",
      keys: { accepted: [parseHostKey(server.hostKey)!], revoked: [] },
    },
    credentials: { privateKey: clientKey, password: "Zk81-words-apart" },
  });
});
afterEach(async () => {
  guest.close();
  await server.stop();
});

const answer = (mark: string, records: string[] = RECORDS): string =>
  `${mark} begin\n${[...records, "done"].join("\n")}\n${mark} end ${records.length + 1}\n`;
const failure = (request = {}): Promise<GuestError> =>
  guest.look(request).then(
    () => Promise.reject(new Error("it was believed")),
    (error: GuestError) => error,
  );

it("is believed where it answers, whatever is printed around it, other marks among it", async () => {
  says = (mark) => `Welcome!\nlook-0 begin\ndone\nlook-0 end 1\n${answer(mark)}bye\n${answer(mark, ["bus"])}`;

  expect((await guest.look()).drives).toEqual([expect.objectContaining({ address: DRIVE, serialNumber: "S64A" })]);
});

it.each<[string, (mark: string) => string]>([
  ["nothing", () => ""],
  ["binary garbage", () => Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 151) % 256)).toString("latin1")],
  ["the answer of another look", () => answer("look-0123456789abcdef")],
  ["half of an answer", (mark) => answer(mark).slice(0, 60)],
  ["an answer without its last line", (mark) => answer(mark).split("\n").slice(0, -2).join("\n")],
  ["an answer with a record too few", (mark) => answer(mark).replace(`${RECORDS[3]}\n`, "")],
  ["an answer that was cut off before it was done", (mark) => answer(mark).replace("done\n", "bus\n")],
  ["an address that is none", (mark) => answer(mark, [RECORDS[1]!.replace(DRIVE, "\u001b[2J")])],
  ["ids that are none", (mark) => answer(mark, [RECORDS[1]!.replace("0x8086", "none")])],
])("that prints %s has not answered", async (_what, text) => {
  says = text;

  expect(await failure()).toMatchObject({ kind: "no_answer" });
});

it("that shows no device of any kind can't see them: silence is not an empty list", async () => {
  says = (mark) => answer(mark, []);
  expect((await failure()).message).toContain("shows no PCI device at all");

  says = (mark) => answer(mark, ["bus"]);
  expect((await guest.look()).drives).toEqual([]);
});

it("that prints without end is left", async () => {
  says = () => "x".repeat(9 * 1024 * 1024);

  expect((await failure()).message).toContain("answers without end");
});

it("that never answers is left when its time is over, and asked over a new connection then", async () => {
  says = () => new Promise(() => undefined);
  expect(await failure({ timeoutSeconds: 1 })).toMatchObject({
    kind: "unreachable",
    message: expect.stringContaining("didn't answer within 1 s") as string,
  });

  says = answer;
  expect((await guest.look()).drives).toHaveLength(1);
});

it("has its escapes shown as text, and what it was logged in to with is not said back", async () => {
  says = () => "";
  complains = "\u001b[31mno \u0007Zk81-words-apart here\u001b[0m\n";
  const { message } = await failure();

  expect(message).toContain("\\u{1b}[31mno");
  // eslint-disable-next-line no-control-regex -- that is what must not be there
  expect(message).not.toMatch(/[\u0000-\u001f]|Zk81/);
});

it("that doesn't tell whether a disk can be opened exclusively has not said that nobody holds it", async () => {
  says = (mark) => answer(mark, [...RECORDS, HELD[0]!]);
  expect((await guest.look({ holdersOf: [DRIVE] })).holders.get(DRIVE)).toEqual({
    holders: [],
    unanswered: ["whether /dev/nvme0n1 can be opened exclusively wasn't told"],
  });

  says = (mark) => answer(mark, [...RECORDS, ...HELD]);
  expect((await guest.look({ holdersOf: [DRIVE] })).holders.get(DRIVE)).toEqual({ holders: [], unanswered: [] });
});

it("has the names of what holds a drive shown as text, and quoted where they stand in a command", async () => {
  const held = (kind: string, detail: string): string => `held\t${DRIVE}\t${kind}\tnvme0n1\t${detail}`;
  says = (mark) =>
    answer(mark, [
      ...RECORDS,
      HELD[0]!,
      held("mount", "/data\\033[2J\\012"),
      held("mount", "/my\\040data"),
      held("zfs", "tank; reboot"),
      held("holder", "dm-0 LVM-a $(reboot)-data"),
      held("holder", "dm-1 CRYPT-a it's"),
      `exclusive\t${DRIVE}\tnvme0n1\t16`,
    ]);
  const { holders } = (await guest.look({ holdersOf: [DRIVE] })).holders.get(DRIVE)!;

  expect(holders.map(({ what }) => what)[0]).toBe("mounted at /data\\u{1b}[2J\\u{a} (/dev/nvme0n1)");
  expect(holders.map(({ letGo }) => letGo.split(": ")[1])).toEqual([
    "umount '/data\\u{1b}[2J\\u{a}'.",
    "umount '/my data'.",
    "zpool export 'tank; reboot'.",
    "vgchange -an '$(reboot)'.",
    "cryptsetup close 'it'\\''s'.",
  ]);
});

it("that shows more drives, or tells more, than a guest can is not believed, nor gone through at length", async () => {
  const drives = Array.from(
    { length: 1_001 },
    (_, index) => `lspci\t${index.toString(16).padStart(4, "0")}:00:00.0 0108: 144d:a824`,
  );
  says = (mark) => answer(mark, drives.slice(1));
  expect((await guest.look()).drives).toHaveLength(1_000);

  says = (mark) => answer(mark, drives);
  expect(await failure()).toMatchObject({ kind: "no_answer" });

  says = (mark) =>
    answer(
      mark,
      Array.from({ length: 200_000 }, () => HELD[0]!),
    );
  expect(await failure()).toMatchObject({ kind: "no_answer" });
});

it("has texts of any length cut", async () => {
  says = (mark) => answer(mark, [...RECORDS.slice(0, 2), `controller\t${DRIVE}\tnvme0\tlive\t${"S".repeat(99_999)}\t`]);

  expect((await guest.look()).drives[0]!.serialNumber).toHaveLength(64);
});
