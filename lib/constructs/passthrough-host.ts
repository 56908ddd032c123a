import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { checkRules } from "../hotplug/rules/rules";
import { MIN_INTR_COOKIES } from "../hotplug/rules/host";
import { cite } from "../hotplug/rules/violation";
import { Host, type HostTimeouts } from "./bindings/host";
import { brokenRules, invalidProp } from "./errors";
import { known, knownMembers } from "./known";
import { requireOneCdktf } from "./one-cdktf";
import { claim } from "./ownership";
import {
  addresses,
  checkProps,
  duration,
  number,
  oneOf,
  provider,
  required,
  text,
  timeouts,
  type Shapes,
} from "./prop-shapes";

/** A host, and what it is to give to virtual machines. */
export interface PassthroughHostProps {
  /**
   * The host: its managed object id (`host-12`) or its name in vCenter's inventory. A new virtual machine can be placed
   * only on one that is named by its id. Another host replaces the resource.
   */
  readonly hostId: string;
  /**
   * PCI addresses, such as `0000:3b:00.0`, of NVMe devices whose passthrough is kept enabled; the virtual machines of
   * this host take theirs from among them. A drive that the host itself uses (datastore, vSAN, boot, coredump) is
   * refused. One that the host doesn't show, since it was pulled out or died, is warned of by name at each deploy, and
   * everything else goes on. One that leaves the list is given back to the host; while a virtual machine has it still,
   * a warning says so, and the next deploy gives it back.
   */
  readonly devices: string[];
  /**
   * The VMkernel boot parameter `maxIntrCookies` to have at least; a higher value is left alone. It is in force after
   * the host's next restart.
   *
   * @default 4096, the least that hot plug works with
   */
  readonly minIntrCookies?: number;
  /**
   * Whether a deploy may restart the host where that is due.
   *
   * - `"never"`: a warning says that it is due, and devices that wait for it can't be attached.
   * - `"if_needed"`: through maintenance mode, at most once for all changes. Virtual machines that can't leave the host
   *   are looked for first and named, and then nothing is begun.
   *
   * @default "never"
   */
  readonly reboot?: "never" | "if_needed";
  /**
   * How long a deploy waits for a device that the host doesn't show yet, as a duration such as `"10m"`: time to put the
   * drive into its slot.
   *
   * @default it doesn't wait: a device that isn't there is warned of by name
   */
  readonly waitForDevice?: string;
  /**
   * Limits of the whole change (`create`, `update`, `delete`), as durations.
   *
   * @default "60m" each
   */
  readonly timeouts?: HostTimeouts;
  /** @default the stack's only HotplugProvider */
  readonly provider?: TerraformProvider;
}

const SHAPES: Shapes<PassthroughHostProps> = {
  hostId: required(text("host-12")),
  devices: required(addresses),
  minIntrCookies: number,
  reboot: oneOf("never", "if_needed"),
  waitForDevice: duration,
  timeouts: timeouts("create", "update", "delete"),
  provider,
};

/**
 * A host made ready for hot plug: passthrough enabled for the named devices, enough interrupt cookies, and no restart
 * that the policy doesn't allow. On destroy the virtual machines that were given this construct lose their devices
 * first.
 */
export class PassthroughHost extends Construct {
  /** The host as it was named. */
  readonly hostId: string;
  /** The declared devices. */
  readonly devices: readonly string[];
  /** The resource `hotplug_host`. */
  readonly hostResource: Host;

  /**
   * @throws HotplugConstructError on a malformed address, a value that a prop doesn't take, or a host that the stack
   * prepares already
   */
  constructor(scope: Construct, id: string, props: PassthroughHostProps) {
    super(scope, id);
    requireOneCdktf(scope);
    checkProps<PassthroughHostProps>(this.node.path, props, SHAPES);
    checkRulesOf(this.node.path, props);
    claim(this, { provider: props.provider, preparedHostId: props.hostId });
    const { devices, ...config } = props;
    this.hostId = props.hostId;
    this.devices = devices;
    this.hostResource = new Host(this, "host", { ...config, passthroughDevices: devices });
  }

  /** The devices whose passthrough is active once the host is prepared; unknown to a plan while a change is due. */
  get activeDevices(): string[] {
    return this.hostResource.activeDevices;
  }
}

function checkRulesOf(path: string, { devices, minIntrCookies }: PassthroughHostProps): void {
  const violations = checkRules({ devices: knownMembers(devices).map((address) => ({ address })) });
  if (violations.length > 0) throw brokenRules(path, violations);
  const cookies = known(minIntrCookies);
  if (cookies !== undefined && !(Number.isInteger(cookies) && cookies >= MIN_INTR_COOKIES)) {
    throw invalidProp(
      path,
      "minIntrCookies",
      `is ${cookies}, and hot plug needs at least ${MIN_INTR_COOKIES}. Leave it out, or give a greater whole ` +
        `number. ${cite("H2")}`,
    );
  }
}
