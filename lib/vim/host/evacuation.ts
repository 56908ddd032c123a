import { readVisible } from "../session/answers";
import { retrieve } from "../session/property-collector";
import type { Abortable, Session } from "../session/session";
import { clusterOfHost } from "../session/traversals";
import type { ManagedObjectReference } from "../wire/managed-object-reference";

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
  session: Session,
  host: ManagedObjectReference,
  { signal }: Abortable = {},
): Promise<boolean> {
  const query = {
    objects: [{ obj: host, skip: true, selectSet: [clusterOfHost] }],
    properties: { ClusterComputeResource: properties },
  };
  const objects = await retrieve(session, [query], { signal });
  return objects.some((object) => {
    const { properties: cluster } = readVisible(object, properties);
    return (
      cluster.host.length > 1 &&
      cluster["configuration.drsConfig.enabled"] === true &&
      cluster["configuration.drsConfig.defaultVmBehavior"] === "fullyAutomated"
    );
  });
}
