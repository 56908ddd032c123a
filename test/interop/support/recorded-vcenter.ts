import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTestVcenter, type TestVcenter } from "../../support/vcenter";
import { RecordingProxy, type RecordedRequest } from "./recording-proxy";

export interface RecordedVcenter {
  vcenter: TestVcenter["vcenter"];
  requests: readonly RecordedRequest[];
  /** "127.0.0.1:PORT" */
  server: string;
  /** With user and password. */
  url: string;
  /** A file with the certificate to trust, and what is in it. */
  caFile: string;
  caPem: string;
  user: string;
  password: string;
  stop(): Promise<void>;
}

const credentials = { user: "administrator@vsphere.local", password: "embedded" };

/** An embedded vCenter with one user, behind a proxy that keeps what clients send. */
export async function startRecordedVcenter(
  options: Parameters<typeof startTestVcenter>[0] = {},
): Promise<RecordedVcenter> {
  const { vcenter, stop } = await startTestVcenter({ ...options, credentials });
  const proxy = await RecordingProxy.start(vcenter);
  const folder = await mkdtemp(join(tmpdir(), "hotplug-interop-"));
  const caFile = join(folder, "ca.pem");
  await writeFile(caFile, proxy.caPem);
  const { user, password } = credentials;
  return {
    vcenter,
    requests: proxy.requests,
    server: proxy.server,
    url: `https://${encodeURIComponent(user)}:${password}@${proxy.server}/sdk`,
    caFile,
    caPem: proxy.caPem,
    user,
    password,
    async stop() {
      await proxy.stop();
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
