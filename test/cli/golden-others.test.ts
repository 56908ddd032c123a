import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import { runCli, startCli } from "../support/cli";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";

// What people see of commands whose output holds addresses, tokens and times: those stand as PORT, TOKEN and so on.
// HOTPLUG_REWRITE=1 writes it anew; read the difference.

const A = "0000:3b:00.0";
const [db] = defaultInventory.virtualMachines!;

let site: TestVcenter;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "hotplug-golden-"));
  site = await startTestVcenter({ inventory: { ...defaultInventory, virtualMachines: [{ ...db!, devices: [A] }] } });
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await site.stop();
});

const plain = (text: string): string =>
  text
    .replaceAll(folder, "FOLDER")
    .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:PORT")
    .replace(/token=[\w-]+/g, "token=TOKEN")
    .replace(/SSL_CERT_DIR=.*/g, "SSL_CERT_DIR=FOLDERS")
    .replace(/\/\S*vsphere-hotplug-\w+\//g, "TEMPORARY/")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME");

const ENVIRONMENT = (): Record<string, string> => ({ ...site.environment, NO_COLOR: "1" });

/** Each command with what it printed, on either stream. */
const COMMANDS: Record<string, (columns?: number) => Promise<string>> = {
  adopt: async (columns) =>
    (await runCli(["adopt"], ENVIRONMENT(), { ...(columns !== undefined && { columns }) })).stdout,
  "adopt-hcl": async (columns) =>
    (await runCli(["adopt", "--hcl"], ENVIRONMENT(), { ...(columns !== undefined && { columns }) })).stdout,
  simulate: async (columns) => {
    const run = startCli(["simulate"], ENVIRONMENT(), { ...(columns !== undefined && { columns }) });
    await run.printed(/It stops on Ctrl-C/);
    await new Promise(setImmediate);
    run.stop.abort();
    await run.ended;
    return run.stdout() + run.stderr();
  },
  watch: async (columns) => {
    const run = startCli(["watch", "--web"], ENVIRONMENT(), { ...(columns !== undefined && { columns }) });
    await run.printed(/Watching/);
    site.vcenter.pullDevice("host-12", A);
    await run.printed(/PULLED OUT/);
    site.vcenter.plugDevice("host-12", A);
    await run.printed(/plugged in/);
    run.stop.abort();
    await run.ended;
    return run.stderr() + run.stdout();
  },
};
const PLACES: [name: string, columns?: number][] = [["80", 80], ["200", 200], ["pipe"]];

test.each(Object.keys(COMMANDS).flatMap((name) => PLACES.map(([place, columns]) => [name, place, columns] as const)))(
  "%s, %s columns",
  async (name, place, columns) => {
    const file = join(__dirname, "golden", `${name}-${place}.txt`);
    const printed = plain(await COMMANDS[name]!(columns));
    if (process.env["HOTPLUG_REWRITE"]) writeFileSync(file, printed);
    expect(printed).toBe(readFileSync(file, "utf8"));
  },
);
