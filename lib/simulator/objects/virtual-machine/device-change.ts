import { Fault } from "../../fault";
import { schema } from "../../schema/schema";
import { type DataObject, listOf } from "../../value";

/** One entry of a specification's deviceChange. */
export interface DeviceChange {
  readonly index: number;
  readonly operation: "add" | "remove" | "edit";
  readonly fileOperation?: string;
  readonly device: DataObject;
}

/** What else a change may carry. */
const OTHERS = ["profile", "backing", "filterSpec", "changeMode"];

export const deviceChanges = (spec: DataObject): DeviceChange[] =>
  listOf(spec["deviceChange"]).map((change, index) => {
    const other = OTHERS.find((name) => (change as DataObject)[name] !== undefined);
    if (other) throw new Fault("NotSupported", `The embedded vCenter takes no ${other} in a change of a device`);
    const { operation = "edit", ...rest } = change as unknown as Omit<DeviceChange, "index">;
    return { ...rest, index, operation };
  });

/** The fields that tell which device a fault is about, of those that its type has. */
export const deviceFields = (type: string, deviceIndex: number): DataObject => ({
  ...(schema.field(type, "property") ? { property: `configSpec.deviceChange[${deviceIndex}]` } : {}),
  ...(schema.field(type, "deviceIndex") ? { deviceIndex } : {}),
});
