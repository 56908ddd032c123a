import { Reference, type Value } from "../../../value";
import type { Datastore } from "../../datacenter/datastore";
import type { DeviceContext } from "./device-family";

const FORM = /^\[([^\]]*)\]\s*(.*)$/;

interface DatastorePath {
  readonly datastore: Datastore;
  /** Below the datastore: "db/db.vmdk"; empty where only the datastore is named. */
  readonly path: string;
}

/** The file that a backing names, on a datastore of the host; on the machine's own where it names none. */
export function datastorePath(
  backing: Readonly<Record<string, Value | undefined>>,
  context: DeviceContext,
): DatastorePath {
  const { owner, refuse } = context;
  const text = ((backing["fileName"] as string | undefined) ?? "").trim();
  const [, name, path = ""] = FORM.exec(text) ?? [];
  if (text !== "" && name === undefined)
    throw refuse("InvalidDatastorePath", `"${text}" is no path on a datastore; one begins with [NAME]`, {
      datastorePath: text,
    });
  const ref = backing["datastore"];
  const given = ref instanceof Reference ? owner.host.datastores.find((one) => one.ref.id === ref.id) : undefined;
  if (ref instanceof Reference && !given)
    throw refuse("InvalidDatastore", `${owner.host.name} has no datastore ${ref.id}`, { datastore: ref });
  const named = name ? owner.host.datastores.find((one) => one.name === name) : undefined;
  if (name && !named) throw refuse("InvalidDatastore", `${owner.host.name} has no datastore "${name}"`, { name });
  if (given && named && given !== named)
    throw refuse("InvalidDatastorePath", `"${text}" is not on ${given.name}`, { datastorePath: text });
  const datastore = named ?? given ?? owner.home;
  if (!datastore) throw refuse("InvalidDatastore", `${owner.host.name} has no datastore`);
  return { datastore, path };
}
