import { schema } from "../../schema/schema";
import { type DataObject, listOf } from "../../value";

/** One entry of a specification's deviceChange. */
export interface DeviceChange {
  readonly index: number;
  readonly operation: "add" | "remove" | "edit";
  readonly device: DataObject;
}

export const deviceChanges = (spec: DataObject): DeviceChange[] =>
  listOf(spec["deviceChange"]).map((change, index) => {
    const { operation, device } = change as { operation?: DeviceChange["operation"]; device: DataObject };
    return { index, operation: operation ?? "edit", device };
  });

/** The fields that tell which device a fault is about, of those that its type has. */
export const deviceFields = (type: string, deviceIndex: number): DataObject => ({
  ...(schema.field(type, "property") ? { property: `configSpec.deviceChange[${deviceIndex}]` } : {}),
  ...(schema.field(type, "deviceIndex") ? { deviceIndex } : {}),
});
