/** A real OpenSSH server at the other end of a long line, or slow, or gone in the middle of a look. */
import { execFile, execFileSync } from "node:child_process";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { Guest } from "../../lib/guest/guest";
import { DelayingProxy } from "./delaying-proxy";
import { drivesOf, layDrive, layLspci, takeDrive } from "./fake-drive";
import { realSshd, rootAccess, startSshd, type Sshd } from "./sshd";

const DRIVE = "0000:13:00.0";

function prepare(root: string): void {
  layDrive(root, { address: DRIVE, controller: "nvme0" });
  layLspci(root);
}

realSshd("a guest that is far away, slow or restarted", () => {
  let sshd: Sshd;
  let guest: Guest;

  beforeAll(async () => {
    sshd = await startSshd({ prepare });
  }, 30_000);
  beforeEach(() => void (guest = new Guest(rootAccess(sshd))));
  afterEach(() => guest.close());
  afterAll(() => sshd.close());

  it("takes, on a line that delays by 100 ms, three turns a look over a connection that is there", async () => {
    const proxy = await DelayingProxy.start({ port: sshd.port, delayMs: 100 });
    const access = rootAccess(sshd);
    const far = new Guest({ ...access, server: { ...access.server, port: proxy.port } });
    try {
      await far.look();
      const login = proxy.turns;
      const costs: number[] = [];
      for (const request of [{}, { holdersOf: [DRIVE] }, {}]) {
        const before = proxy.turns;
        expect((await far.look(request)).drives).toHaveLength(1);
        costs.push(proxy.turns - before);
      }

      // The channel is opened, the command begun, the script sent and answered.
      expect(costs).toEqual([3, 3, 3]);
      expect(login).toBeLessThanOrEqual(10);
      expect(proxy.connections).toBe(1);
    } finally {
      far.close();
      await proxy.stop();
    }
  });

  /** An lspci that answers once `release` has let it go, and tells that it was begun. */
  function layWaitingLspci(): { begun: Promise<void>; release(): void } {
    const file = (name: string): string => join(sshd.root, "bin", name);
    for (const name of ["begun", "go"]) execFileSync("mkfifo", [file(name)]);
    writeFileSync(file("lspci"), `#!/bin/sh\necho >"${file("begun")}"\nread x <"${file("go")}"\n`);
    chmodSync(file("lspci"), 0o755);
    const reader = new Promise<void>((resolve) => {
      execFile("cat", [file("begun")], () => resolve());
    });
    return {
      begun: reader,
      release: () => {
        writeFileSync(file("go"), "\n");
        for (const name of ["begun", "go"]) rmSync(file(name));
        layLspci(sshd.root);
      },
    };
  }

  it("is waited for while its lspci takes its time", async () => {
    const lspci = layWaitingLspci();
    const looking = guest.look();
    await lspci.begun;
    lspci.release();

    expect((await looking).drives).toEqual([expect.objectContaining({ address: DRIVE })]);
  });

  it("that is restarted in the middle of a look has not answered it, and is asked anew by the next one", async () => {
    const lspci = layWaitingLspci();
    const looking = guest.look().then(
      () => Promise.reject(new Error("it answered")),
      (error: unknown) => error,
    );
    await lspci.begun;
    sshd.disconnect();

    expect(await looking).toMatchObject({ kind: "unreachable" });
    lspci.release();
    expect((await guest.look()).drives).toHaveLength(1);
  });

  it("that never shows a drive shows none, look after look; and it once it is there", async () => {
    takeDrive(sshd.root, DRIVE);
    layDrive(sshd.root, { address: "0000:00:1f.0", classId: "060100", driver: "", ids: "8086:2918" });
    for (let look = 0; look < 3; look++) expect((await guest.look()).drives).toEqual([]);

    layDrive(sshd.root, { address: DRIVE, controller: "nvme0" });
    expect(drivesOf(sshd.root)).toContain(DRIVE);
    expect((await guest.look()).drives).toHaveLength(1);
  });
});

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));

(hasIpv6 ? realSshd : describe.skip)("a guest at an IPv6 address", () => {
  it("is reached there, and told by its address in brackets", async () => {
    const sshd = await startSshd({ host: "::1", prepare });
    const guest = new Guest(rootAccess(sshd));
    try {
      expect((await guest.look()).drives).toHaveLength(1);
      const access = rootAccess(sshd);
      const stranger = new Guest({ ...access, server: { ...access.server, keys: { accepted: [], revoked: [] } } });
      await expect(stranger.look()).rejects.toThrow(`The key of root@[::1]:${sshd.port} is not known`);
    } finally {
      guest.close();
      await sshd.close();
    }
  }, 30_000);
});
