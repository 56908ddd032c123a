import { join } from "node:path";
import { type ISynthesisSession, TerraformStack, Token } from "cdktf";
import type { Construct } from "constructs";
import { isServerAddress } from "../environment/server-address";
import { installProvider } from "../install/install-provider";
import { HotplugProvider as ProviderBinding, type HotplugProviderConfig } from "./bindings/provider";
import { invalidProp } from "./errors";

/** The provider's arguments; those that are left out come from the VSPHERE_* environment variables. */
export interface HotplugProviderProps extends HotplugProviderConfig {
  /**
   * How the provider gets into the stack's folder, so that `cdktf deploy` finds it without a registry.
   *
   * - `"link"`: a symbolic link into this package, for a deploy on the machine that synthesizes.
   * - `"copy"`: the packages of every platform, some 120 MB, for a pipeline that moves `cdktf.out` from the job that
   *   synthesizes to the one that deploys. Symbolic links and executable bits have to survive the move: use tar.
   * - `false`: nothing is laid; a registry or a mirror has the provider.
   *
   * @default "link"
   */
  readonly installProvider?: "link" | "copy" | false;
}

/** CDKTF calls what stands here while it synthesizes; it is how its own assets get into a stack's folder. */
const CUSTOM_SYNTHESIS = Symbol.for("cdktf/customSynthesis");

/** The provider `hotplug`, laid into the stack's folder and pinned in its lock file. */
export class HotplugProvider extends ProviderBinding {
  constructor(scope: Construct, id: string, props: HotplugProviderProps = {}) {
    const { installProvider: method = "link", ...config } = props;
    super(scope, id, config);
    validate(this.node.path, props);
    if (method === false) return;
    Object.defineProperty(this, CUSTOM_SYNTHESIS, {
      value: {
        onSynthesize: (session: ISynthesisSession) =>
          installProvider(this.stackDirectory(session), { method, lockHosts: ["registry.terraform.io"] }),
      },
    });
  }

  private stackDirectory(session: ISynthesisSession): string {
    return join(session.outdir, session.manifest.forStack(TerraformStack.of(this)).workingDirectory);
  }
}

function validate(path: string, { installProvider: method, vsphereServer, apiTimeout }: HotplugProviderProps): void {
  if (method !== undefined && method !== false && method !== "link" && method !== "copy") {
    throw invalidProp(path, "installProvider", `is ${JSON.stringify(method)}; it can be "link", "copy" or false.`);
  }
  if (vsphereServer !== undefined && !Token.isUnresolved(vsphereServer) && !isServerAddress(vsphereServer)) {
    throw invalidProp(
      path,
      "vsphereServer",
      `is ${JSON.stringify(vsphereServer)}; it is a host or host:port, without https:// and without a path: ` +
        '"vcenter.example.com".',
    );
  }
  if (apiTimeout !== undefined && !Token.isUnresolved(apiTimeout) && !(apiTimeout > 0)) {
    throw invalidProp(path, "apiTimeout", `is ${apiTimeout}; it is a number of minutes above 0.`);
  }
}
