import type { EmbeddedVcenter } from "../../lib/simulator/embedded-vcenter";
import { TerraformWorkspace, type TerraformOptions } from "../support/terraform";
import type { TestVcenter } from "../support/vcenter";

/** NVMe drives of the default inventory's first host. */
export const [A, B, C, D, E] = [
  "0000:3b:00.0",
  "0000:3c:00.0",
  "0000:3d:00.0",
  "0000:3e:00.0",
  "0000:5e:00.0",
] as const;

/** A configuration with these `hotplug_passthrough_devices`, and with what else it is given. */
export function stack(
  devices: Record<string, object>,
  more: { resource?: object; data?: object; output?: object; import?: object[]; moved?: object[] } = {},
): object {
  const { resource = {}, ...rest } = more;
  return {
    terraform: { required_providers: { hotplug: { source: "registry.terraform.io/vsphere-hotplug/hotplug" } } },
    provider: { hotplug: {} },
    resource: { ...(Object.keys(devices).length > 0 && { hotplug_passthrough_devices: devices }), ...resource },
    ...rest,
  };
}

/** A workspace whose provider talks to `vcenter`, initialised with the configuration. */
export async function hotplugWorkspace(
  vcenter: TestVcenter,
  configuration: object,
  options: TerraformOptions = {},
): Promise<TerraformWorkspace> {
  const workspace = await TerraformWorkspace.create({
    ...options,
    environment: { ...vcenter.environment, ...options.environment },
    files: { "main.tf.json": configuration },
  });
  await workspace.init();
  return workspace;
}

/** What each call that changed a virtual machine did: `add 0000:3b:00.0 to vm-42`. */
export function changes({ vcenter }: { vcenter: Pick<EmbeddedVcenter, "calls"> }): string[] {
  return vcenter
    .calls()
    .filter(({ operation }) => operation === "ReconfigVM_Task")
    .map(({ arguments: args, target, task }) => {
      const { deviceChange } = (args as { spec: { deviceChange: unknown } }).spec;
      const all = [deviceChange].flat() as { operation: string; device: { key: number; backing?: { id: string } } }[];
      const failed = task?.state === "success" ? "" : ` (${task?.state ?? "refused"})`;
      const changes = all.map(({ operation, device }) =>
        operation === "add" ? `add ${device.backing!.id} to` : "remove from",
      );
      return `${changes.join(" and ")} ${target!.value}${failed}`;
    });
}
