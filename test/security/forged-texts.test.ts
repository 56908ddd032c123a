/** Whichever text of an answer holds a line break or is endless: it begins no line, and doesn't bury what is said. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selfSignedCertificate } from "../../lib/x509/self-signed";
import { hotplugProvider } from "../../lib/provider/provider";
import { runCli } from "../support/cli";
import { PluginClient } from "../support/plugin-client";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";

jest.setTimeout(240_000);

const FORGED = "Error: forged";
const { certificatePem, privateKeyPem } = selfSignedCertificate({ commonName: "x", ipAddresses: ["127.0.0.1"] });
let vcenter: TestVcenter;
let environment: Record<string, string>;
let rewrite: (answer: string) => string;
const folder = mkdtempSync(join(tmpdir(), "hotplug-forged-"));

/** Between the client and the embedded vCenter: changes its answers on the way. */
const between = createServer({ cert: certificatePem, key: privateKeyPem }, (incoming, response) => {
  const { url, caPem } = vcenter.vcenter;
  const { hostname, port } = new URL(url);
  const { "content-length": _, host: __, ...headers } = incoming.headers;
  const onwards = request({ hostname, port, path: "/sdk", method: "POST", ca: caPem, headers }, (answer) => {
    let body = "";
    answer.setEncoding("utf8").on("data", (text: string) => (body += text));
    answer.on("end", () => {
      const { "content-length": ___, "transfer-encoding": ____, ...kept } = answer.headers;
      response.writeHead(answer.statusCode!, kept).end(rewrite(body));
    });
  });
  incoming.pipe(onwards);
});

beforeAll(async () => {
  vcenter = await startTestVcenter();
  await new Promise<void>((resolve) => between.listen(0, "127.0.0.1", resolve));
  writeFileSync(join(folder, "ca.pem"), certificatePem);
  const { port } = between.address() as AddressInfo;
  environment = {
    ...vcenter.environment,
    VSPHERE_SERVER: `127.0.0.1:${port}`,
    VSPHERE_CA_FILE: join(folder, "ca.pem"),
  };
});
afterAll(async () => {
  between.closeAllConnections();
  await new Promise((resolve) => between.close(resolve));
  await vcenter.stop();
  rmSync(folder, { recursive: true });
});

async function everythingSaid(): Promise<string> {
  const { stdout, stderr } = await runCli(["doctor"], environment);
  const client = await PluginClient.inProcess(hotplugProvider({ environment }));
  await client.configure();
  const config = { virtual_machine_id: "vm-42", devices: ["0000:3b:00.0"] };
  const { diagnostics } = await client.plan("hotplug_passthrough_devices", { config });
  await client.close();
  return [stdout, stderr, ...diagnostics.flatMap(({ summary, detail }) => [summary, detail])].join("\n");
}

/** A property's value, or an element's text, with `text` behind it. */
const behind = (place: string, text: string) => (answer: string) =>
  place.includes(".") || place === "name"
    ? answer.replaceAll(new RegExp(`(<name>${place}</name><val[^>]*>[^<]+)(</val>)`, "g"), `$1${text}$2`)
    : answer.replaceAll(new RegExp(`(<${place}(?:\\s[^>]*)?>[^<]+)(</${place}>)`, "g"), `$1${text}$2`);

test.each([
  "apiVersion",
  "apiType",
  "instanceUuid",
  "name",
  "deviceName",
  "vendorName",
  "label",
  "id",
  "version",
  "config.guestFullName",
  "config.firmware",
  "config.version",
  "config.uuid",
  "runtime.connectionState",
  "runtime.powerState",
  "runtime.host",
  "summary.hardware.vendor",
  "summary.hardware.model",
  "config.product.version",
])("%s begins no line of an error or a table, and makes none long", async (place) => {
  rewrite = behind(place, `&#10;${FORGED}`);
  expect((await everythingSaid()).split("\n").filter((line) => line.trimStart().startsWith(FORGED))).toEqual([]);
  rewrite = behind(place, "x".repeat(1 << 20));
  expect((await everythingSaid()).length).toBeLessThan(1 << 19);
});
