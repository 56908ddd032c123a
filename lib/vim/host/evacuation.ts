import type { VimClient } from "../session/client";
import type { FindOptions } from "../find";
import type { ManagedObjectReference } from "../wire/managed-object-reference";
import { readObject, retrieve } from "../session/property-collector";
import type { ToVim } from "../wire/types";

const clusterOfHost: ToVim<"TraversalSpec"> = {
  $type: "TraversalSpec",
  type: "HostSystem",
  path: "parent",
  skip: false,
};
const properties = {
  host: "ManagedObjectReference[]?",
  "configuration.drsConfig.enabled": "boolean?",
  "configuration.drsConfig.defaultVmBehavior": "string?",
} as const;

/**
 * Whether running VMs leave a host by themselves when it enters maintenance mode: only in a cluster of several hosts
 * whose DRS is fully automated. Otherwise the entry waits until somebody moves them.
 */
export async function evacuatesByItself(
  client: VimClient,
  host: ManagedObjectReference,
  { signal }: FindOptions = {},
): Promise<boolean> {
  const query = {
    objects: [{ obj: host, skip: true, selectSet: [clusterOfHost] }],
    properties: { ClusterComputeResource: properties },
  };
  const objects = await retrieve(client, [query], { signal });
  return objects.some((object) => {
    const { properties: cluster } = readObject(object, properties);
    return (
      cluster.host.length > 1 &&
      cluster["configuration.drsConfig.enabled"] === true &&
      cluster["configuration.drsConfig.defaultVmBehavior"] === "fullyAutomated"
    );
  });
}
