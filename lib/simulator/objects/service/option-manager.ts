import type { Operations, Properties } from "../../core/operation";
import type { World } from "../../core/world";
import { Fault } from "../../fault";
import type { DataObject } from "../../value";
import { ManagedObject } from "../managed-object";

/** vCenter's own settings. */
export class OptionManager extends ManagedObject {
  constructor(world: World) {
    super(world, "OptionManager", "VpxSettings");
  }

  private readonly options: DataObject[] = [
    { key: "VirtualCenter.InstanceName", value: { $type: "string", value: "embedded" } },
    { key: "VirtualCenter.FQDN", value: { $type: "string", value: "localhost" } },
  ];

  override readonly properties: Properties = { setting: () => this.options, supportedOption: () => [] };

  override readonly operations: Operations = {
    QueryOptions: {
      run: ({ name }) => {
        const found = this.options.filter(
          ({ key }) =>
            name === undefined ||
            key === name ||
            ((name as string).endsWith(".") && (key as string).startsWith(name as string)),
        );
        if (found.length === 0)
          throw new Fault("InvalidName", `There is no option ${String(name)}`, { name: name as string });
        return found;
      },
    },
  };
}
