import { environmentBrowserTypes } from "./environment-browser";
import { esxcliTypes } from "./esxcli";
import { eventTypes } from "./event";
import { faultTypes } from "./fault";
import { guestNetworkTypes } from "./guest-network";
import { hostTypes } from "./host";
import { hostStorageTypes } from "./host-storage";
import { inventoryTypes } from "./inventory";
import {
  type DataType,
  type Field,
  type ManagedType,
  type MethodType,
  parseSchema,
  type SchemaType,
} from "./parse-schema";
import { pbmTypes } from "./pbm";
import { propertyCollectorTypes } from "./property-collector";
import { serviceTypes } from "./service";
import { virtualDeviceTypes } from "./virtual-device";
import { virtualMachineTypes } from "./virtual-machine";
import { virtualMachinePlacementTypes } from "./virtual-machine-placement";

export const PRIMITIVES: ReadonlySet<string> = new Set([
  "string",
  "boolean",
  "byte",
  "short",
  "int",
  "long",
  "float",
  "double",
  "dateTime",
  "base64Binary",
  "anyURI",
]);

const TABLES = [
  propertyCollectorTypes,
  serviceTypes,
  eventTypes,
  faultTypes,
  inventoryTypes,
  virtualMachineTypes,
  virtualMachinePlacementTypes,
  guestNetworkTypes,
  virtualDeviceTypes,
  environmentBrowserTypes,
  hostTypes,
  hostStorageTypes,
  esxcliTypes,
  pbmTypes,
];

export const VIM25 = "urn:vim25";
/** Storage policy based management. Its types are told from vCenter's by their names. */
export const PBM = "urn:pbm";

/** The namespace of a type. */
export const namespaceOf = (type: string): string => (type.startsWith("Pbm") ? PBM : VIM25);

/** Methods of every managed object. pyVmomi reads each property by `Fetch` (its StubAdapterAccessorImpl.py). */
const UNIVERSAL = parseSchema("managed ManagedObject\n  Fetch(prop:string) anyType?").flatMap((type) =>
  type.kind === "managed" ? type.methods : [],
);

/**
 * The part of vim25 and pbm that the embedded vCenter speaks. A type that a field names and no table has is known by
 * name.
 */
export class Schema {
  private readonly types = new Map<string, SchemaType>();
  private readonly fieldsOf = new Map<string, readonly Field[]>();
  private readonly fieldsByName = new Map<string, ReadonlyMap<string, Field>>();

  constructor(tables: readonly string[] = TABLES) {
    for (const type of tables.flatMap(parseSchema)) {
      if (this.types.has(type.name)) throw new Error(`schema: ${type.name} is declared twice`);
      this.types.set(type.name, type);
    }
  }

  all(): SchemaType[] {
    return [...this.types.values()];
  }

  find(name: string): SchemaType | undefined {
    return this.types.get(name);
  }

  data(name: string): DataType | undefined {
    const type = this.types.get(name);
    return type?.kind === "data" ? type : undefined;
  }

  managed(name: string): ManagedType | undefined {
    const type = this.types.get(name);
    return type?.kind === "managed" ? type : undefined;
  }

  /** All fields of a data object, or all properties of a managed object, its base type's first. */
  fields(name: string): readonly Field[] {
    const known = this.fieldsOf.get(name);
    if (known) return known;
    const type = this.types.get(name);
    if (!type || type.kind === "enum") return [];
    const own = type.kind === "data" ? type.fields : type.properties;
    const all = [...(type.base ? this.fields(type.base) : []), ...own];
    this.fieldsOf.set(name, all);
    return all;
  }

  field(type: string, name: string): Field | undefined {
    let fields = this.fieldsByName.get(type);
    if (!fields) this.fieldsByName.set(type, (fields = new Map(this.fields(type).map((field) => [field.name, field]))));
    return fields.get(name);
  }

  method(managedType: string, name: string): MethodType | undefined {
    const type = this.managed(managedType);
    const own = type?.methods.find((method) => method.name === name);
    return own ?? (type?.base ? this.method(type.base, name) : UNIVERSAL.find((method) => method.name === name));
  }

  isA(name: string, base: string): boolean {
    if (name === base || base === "ManagedObject" || base === "DynamicData") return true;
    const type = this.types.get(name);
    return type !== undefined && type.kind !== "enum" && type.base !== undefined && this.isA(type.base, base);
  }
}

export const schema = new Schema();
