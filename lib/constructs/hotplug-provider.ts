import { join, resolve } from "node:path";
import { Annotations, App, type ISynthesisSession, TerraformProvider, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { isServerAddress } from "../environment/server-address";
import { whyNotLookedAt } from "../install/cli-configuration";
import { installProvider, PROVIDER_SOURCE } from "../install/install-provider";
import { currentPlatform } from "../install/platform";
import { HotplugProvider as ProviderBinding, type HotplugProviderConfig } from "./bindings/provider";
import { invalidProp } from "./errors";
import { HotplugReadinessChecks } from "./hotplug-readiness-checks";
import { known } from "./known";
import { requireOneCdktf } from "./one-cdktf";
import { anyText, checkProps, flag, group, number, pathOf, platforms, secret, text, type Shapes } from "./prop-shapes";

/** The provider's arguments; those that are left out come from the VSPHERE_* environment variables. */
export interface HotplugProviderProps extends HotplugProviderConfig {
  /**
   * How the provider gets into the stack's folder, so that `cdktf deploy` finds it without a registry.
   *
   * - `"link"`: a symbolic link into this package, for a deploy on the machine that synthesizes.
   * - `"copy"`: the packages of `installPlatforms`, for a pipeline that moves `cdktf.out` from the job that
   *   synthesizes to the one that deploys. Symbolic links and executable bits have to survive the move: use tar.
   * - `false`: nothing is laid; a registry or a mirror has the provider.
   *
   * Where the providers of one stack differ, `"copy"` comes before `"link"`, and that before `false`.
   *
   * @default "link"
   */
  readonly installProvider?: "link" | "copy" | false;
  /**
   * The platforms that deploy, as Terraform names them, where `installProvider` is `"copy"`: `["linux_arm64"]`. Only
   * their packages are copied. An executable has 90 to 110 MB; where the one of another platform isn't installed, as
   * npm leaves it out, the script for node with 2 MB is copied in its place, and node has to be on `PATH` there. The
   * lock file pins every platform in any case.
   *
   * @default the one that synthesizes
   */
  readonly installPlatforms?: string[];
}

type Method = NonNullable<HotplugProviderProps["installProvider"]>;

/** What serves more comes first. */
const METHODS: readonly Method[] = ["copy", "link", false];

const SHAPES: Shapes<HotplugProviderProps> = {
  alias: text("east"),
  vsphereServer: text("vcenter.example.com"),
  user: anyText,
  password: secret(anyText),
  allowUnverifiedSsl: flag,
  caFile: text("ca.pem"),
  apiTimeout: number,
  guestSsh: group("it holds what guests are logged in to with", {
    user: text("root"),
    privateKey: secret(anyText),
    privateKeyPassphrase: secret(anyText),
    password: secret(anyText),
    agent: flag,
    jumpHost: text("bastion.example.com"),
    knownHosts: anyText,
  }),
  installProvider: {
    is: 'it can be "link", "copy" or false',
    fits: (value) => METHODS.includes(value as Method),
  },
  installPlatforms: platforms,
};

/** CDKTF calls what stands here while it synthesizes; it is how its own assets get into a stack's folder. */
const CUSTOM_SYNTHESIS = Symbol.for("cdktf/customSynthesis");

/** The provider `hotplug`, laid into the stack's folder and pinned in its lock file. */
export class HotplugProvider extends ProviderBinding {
  private readonly install: Pick<HotplugProviderProps, "installProvider" | "installPlatforms">;

  /**
   * @throws HotplugConstructError on a prop of the wrong kind, or a stack that another release of CDKTF makes than the
   * one that this package uses
   */
  constructor(scope: Construct, id: string, props: HotplugProviderProps = {}) {
    requireOneCdktf(scope);
    const path = pathOf(scope, id);
    checkProps<HotplugProviderProps>(path, props, SHAPES);
    checkArguments(path, props);
    const { installProvider: method = "link", installPlatforms, ...config } = props;
    super(scope, id, config);
    this.install = { installProvider: method, installPlatforms };
    if (method !== false) this.warnWhereHidden();
    this.node.addValidation({ validate: () => HotplugReadinessChecks.outOfReach(TerraformStack.of(this)) });
    Object.defineProperty(this, CUSTOM_SYNTHESIS, {
      value: { onSynthesize: (session: ISynthesisSession) => this.lay(session) },
    });
  }

  /** A CLI configuration on this machine may turn off the folder that the provider is laid into. */
  private warnWhereHidden(): void {
    const { outdir } = App.of(this);
    const plugins = join(resolve(outdir), "stacks", TerraformStack.of(this).node.id, "terraform.d", "plugins");
    const why = whyNotLookedAt(plugins, process.env);
    if (why) Annotations.of(this).addWarning(why + HIDDEN);
  }

  /** Lays the provider once for all that share a folder, as the one wants it that needs most. */
  private lay(session: ISynthesisSession): void {
    const directory = this.directory(session);
    const sharing = this.node.root.node
      .findAll()
      .filter((one): one is HotplugProvider => one instanceof HotplugProvider && one.directory(session) === directory);
    const method = METHODS.find((candidate) => sharing.some(({ install }) => install.installProvider === candidate));
    if (sharing[0] !== this || !method) return;
    const copies = sharing.filter(({ install }) => install.installProvider === method);
    const named = copies.flatMap(({ install }) => install.installPlatforms ?? [currentPlatform().name]);
    installProvider(directory, {
      method,
      lockHosts: ["registry.terraform.io"],
      others: otherProviders(TerraformStack.of(this)),
      ...(method === "copy" && { platforms: [...new Set(named)] }),
    });
  }

  private directory(session: ISynthesisSession): string {
    return join(session.outdir, session.manifest.forStack(TerraformStack.of(this)).workingDirectory);
  }
}

const HIDDEN =
  "Where the deploy runs with that file, too, init doesn't find the provider. Once for all stacks: lay it by " +
  "vsphere-hotplug install --user, name that folder in the block, and set installProvider: false.";

/** What else a stack asks for at one exact version, as @cdktf/provider-vsphere does. */
function otherProviders(stack: TerraformStack): { address: string; version: string }[] {
  return stack.node
    .findAll()
    .filter((one): one is TerraformProvider => TerraformProvider.isTerraformProvider(one))
    .flatMap(({ terraformProviderSource: source = "", terraformGeneratorMetadata: metadata }) => {
      const version = metadata?.providerVersion ?? metadata?.providerVersionConstraint ?? "";
      const isExact = /^\d+\.\d+\.\d+$/.test(version) && /^([\w.-]+\/)?[\w-]+\/[\w-]+$/.test(source);
      const address = source.split("/").length === 3 ? source : `registry.terraform.io/${source}`;
      return isExact && address !== OWN_ADDRESS ? [{ address, version }] : [];
    });
}

const OWN_ADDRESS = `registry.terraform.io/${PROVIDER_SOURCE}`;

function checkArguments(path: string, { vsphereServer, apiTimeout }: HotplugProviderProps): void {
  if (known(vsphereServer) !== undefined && !isServerAddress(vsphereServer!)) {
    throw invalidProp(
      path,
      "vsphereServer",
      `is ${JSON.stringify(vsphereServer)}; it is a host or host:port, without https:// and without a path: ` +
        '"vcenter.example.com".',
    );
  }
  if (known(apiTimeout) !== undefined && !(apiTimeout! > 0))
    throw invalidProp(path, "apiTimeout", `is ${apiTimeout}; it is a number of minutes above 0.`);
}
