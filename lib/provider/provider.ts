import { systemClock, type Clock } from "../clock";
import type { Environment } from "../environment/environment";
import type { Provider } from "../tfplugin6/provider";
import { VERSION } from "../version";
import { readConfiguration, validateConfiguration } from "./configuration";
import { Connection } from "./connection";
import { guestSecrets, readGuestSsh, SKIP_GUEST } from "./guest-ssh";
import { HostResource } from "./host/resource";
import { HostPciDevices } from "./data-sources/host-pci-devices";
import { PassthroughDevicesResource } from "./passthrough-devices/resource";
import { Readiness } from "./data-sources/readiness";
import { providerSchema } from "./schema";
import { Secrets } from "../secrets";
import type { Carrier } from "../vim/wire/carrier";
import { VirtualMachineSettingsResource } from "./virtual-machine-settings/resource";

interface HotplugProviderOptions {
  environment: Environment;
  clock?: Clock;
  processId?: number;
  /** Told of what may never be logged or shown. */
  secrets?: Secrets;
  /** How requests to vCenter travel. Default: HTTPS. */
  carrier?: Carrier;
}

/** The provider `hotplug`: its configuration, and the resources that share its connection. */
export function hotplugProvider({
  environment,
  clock = systemClock,
  processId = process.pid,
  secrets = new Secrets(),
  carrier,
}: HotplugProviderOptions): Provider {
  let current: Connection | undefined;
  const dependencies = { connection: () => current, clock };
  return {
    schema: providerSchema,
    validate: async ({ config }) => validateConfiguration(config),
    configure: async ({ config }, { log }) => {
      const { settings, diagnostics } = readConfiguration(config, environment);
      const ssh = readGuestSsh(config, environment);
      secrets.add(settings?.password, ...guestSecrets(config, environment));
      await current?.close();
      current =
        settings &&
        ssh.settings &&
        new Connection(settings, {
          clock,
          log,
          secrets,
          ...(carrier && { carrier }),
          userAgent: `cdktf-vsphere-hotplug/${VERSION} (pid ${processId})`,
          guests: { ssh: ssh.settings, skips: environment[SKIP_GUEST] === "true" },
        });
      return [...diagnostics, ...ssh.diagnostics];
    },
    resources: {
      hotplug_passthrough_devices: new PassthroughDevicesResource(dependencies),
      hotplug_host: new HostResource(dependencies),
      hotplug_virtual_machine_settings: new VirtualMachineSettingsResource(dependencies),
    },
    dataSources: {
      hotplug_host_pci_devices: new HostPciDevices(dependencies),
      hotplug_readiness: new Readiness(dependencies),
    },
    close: async () => current?.close(),
  };
}
