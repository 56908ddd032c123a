import { NVME_CLASS_ID, type DeviceIdentity } from "../../hotplug/facts";

/** What a Terraform state or a saved plan declares of one virtual machine's or one host's devices. */
export interface DeclaredSet {
  kind: "virtualMachine" | "host";
  /** The resource's address, `module.a.hotplug_passthrough_devices.db["x"]`. */
  resource: string;
  /** As the configuration names the virtual machine or the host; undefined where a plan doesn't know it yet. */
  name?: string;
  /** Its managed object id, and the vCenter that it is one of, where the state remembers them. */
  id?: string;
  vcenter?: string;
  /** The host that the addresses belong to, where it is known. */
  hostId?: string;
  /** Undefined where a plan doesn't know them yet. */
  addresses?: readonly string[];
  /** What was declared, and went from the state by a refresh: drives that were pulled out do. */
  forgotten: readonly string[];
  /** Of the addresses, what a plan is yet to attach. */
  planned: ReadonlySet<string>;
  /** What a plan is yet to remove. */
  leaving: ReadonlySet<string>;
  remembered: ReadonlyMap<string, DeviceIdentity>;
}

/** The text is none of what is understood; the message says what it is and what would be. */
export class NoDeclarationError extends Error {
  override name = "NoDeclarationError";
}

const WANTED =
  "It takes a state (terraform.tfstate, or terraform state pull) or what terraform show -json prints of a state or a " +
  "saved plan.";
const KINDS: Readonly<Record<string, DeclaredSet["kind"]>> = {
  hotplug_passthrough_devices: "virtualMachine",
  hotplug_host: "host",
};

/**
 * The declared sets in a state of version 4, or in the JSON that `terraform show -json` makes of a state or a saved
 * plan.
 *
 * @throws NoDeclarationError
 */
export function readDeclaredSets(text: string): DeclaredSet[] {
  if (text.startsWith("PK")) throw new NoDeclarationError(`It is a saved plan itself, which isn't text. ${WANTED}`);
  const document = parse(text);
  if (isObject(document)) {
    if ("encrypted_data" in document)
      throw new NoDeclarationError(`It is an encrypted state: tofu show -json prints what is in it. ${WANTED}`);
    if (document["version"] === 4 && Array.isArray(document["resources"])) return fromState(document["resources"]);
    if ("version" in document && "serial" in document)
      throw new NoDeclarationError(
        `It is a state of version ${String(document["version"])}; any terraform since 0.12 brings it to version 4.`,
      );
    if ("planned_values" in document || "resource_changes" in document) return fromPlan(document);
    if ("format_version" in document) return fromModule(read(document, "values", "root_module"));
  }
  throw new NoDeclarationError(`It is neither a state nor a plan. ${WANTED}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    const message = text.trim() === "" ? "It is empty" : "It is not JSON";
    throw new NoDeclarationError(`${message}. ${WANTED}`, { cause: error });
  }
}

function fromState(resources: readonly unknown[]): DeclaredSet[] {
  return resources.filter(isObject).flatMap((resource) => {
    const kind = resource["mode"] === "managed" ? KINDS[String(resource["type"])] : undefined;
    if (!kind) return [];
    const module = typeof resource["module"] === "string" ? `${resource["module"]}.` : "";
    return listOf(resource["instances"])
      .filter(isObject)
      .filter((instance) => instance["deposed"] === undefined)
      .map((instance) => {
        const index = instance["index_key"];
        const suffix = index === undefined || index === null ? "" : `[${JSON.stringify(index)}]`;
        const address = `${module}${String(resource["type"])}.${String(resource["name"])}${suffix}`;
        return declaredSet(kind, address, {
          values: read(instance, "attributes"),
          memory: privateMemory(instance["private"]),
        });
      });
  });
}

/** The resources of a module and of those below it, as `terraform show -json` has them. */
function fromModule(module: Fields): DeclaredSet[] {
  const own = listOf(module["resources"])
    .filter(isObject)
    .flatMap((resource) => {
      const kind = resource["mode"] === "managed" ? KINDS[String(resource["type"])] : undefined;
      return kind && resource["deposed_key"] === undefined
        ? [declaredSet(kind, String(resource["address"]), { values: read(resource, "values") })]
        : [];
    });
  return [...own, ...listOf(module["child_modules"]).filter(isObject).flatMap(fromModule)];
}

/** What a plan leads to, with what it is yet to do on the way. */
function fromPlan(plan: Fields): DeclaredSet[] {
  const before = new Map(
    fromModule(read(plan, "prior_state", "values", "root_module")).map((set) => [set.resource, set]),
  );
  // What the refresh found changed, as it was before.
  const drifted = new Map(
    listOf(plan["resource_drift"])
      .filter(isObject)
      .map((drift) => [String(drift["address"]), read(drift, "change", "before", "attached")]),
  );
  return fromModule(read(plan, "planned_values", "root_module")).map((set) => {
    const prior = before.get(set.resource);
    const declared = set.addresses ?? [];
    return {
      ...set,
      remembered: new Map([
        ...attachedIn(drifted.get(set.resource) ?? {}),
        ...(prior?.remembered ?? []),
        ...set.remembered,
      ]),
      ...(prior?.hostId !== undefined && { hostId: prior.hostId }),
      planned: new Set(declared.filter((address) => !prior?.addresses?.includes(address))),
      leaving: new Set((prior?.addresses ?? []).filter((address) => !declared.includes(address))),
    };
  });
}

function declaredSet(
  kind: DeclaredSet["kind"],
  resource: string,
  { values, memory = {} }: { values: Fields; memory?: Fields },
): DeclaredSet {
  const [nameOf, listed] =
    kind === "host" ? (["host_id", "passthrough_devices"] as const) : (["virtual_machine_id", "devices"] as const);
  const name = textOf(values[nameOf]);
  const id = textOf(memory[kind === "host" ? "host" : "virtualMachine"]);
  const vcenter = textOf(memory["vcenter"]);
  const hostId = textOf(memory["host"]) ?? textOf(values["host_id"]);
  const remembered = new Map([
    ...attachedIn(read(values, "attached")),
    ...rememberedIn(read(memory, "devices"), (device) => [device["vendorId"], device["deviceId"]]),
  ]);
  const own = values[listed];
  const addresses = listOf(own)
    .flatMap((address) => textOf(address) ?? [])
    .sort();
  return {
    kind,
    resource,
    ...(name !== undefined && { name }),
    ...(id !== undefined && { id }),
    ...(vcenter !== undefined && { vcenter }),
    ...(kind === "virtualMachine" && hostId !== undefined && { hostId }),
    // What a plan doesn't know yet is left out; an optional list that isn't given is null.
    ...(own !== undefined && { addresses }),
    forgotten:
      kind === "host" ? [] : Object.keys(read(memory, "devices")).filter((address) => !addresses.includes(address)),
    planned: new Set(),
    leaving: new Set(),
    remembered,
  };
}

/** The identities that the `attached` attribute tells. */
function attachedIn(attached: Fields): [string, DeviceIdentity][] {
  return rememberedIn(attached, (device) => [hex(device["vendor_id"]), hex(device["device_id"])]);
}

function rememberedIn(devices: Fields, idsOf: (device: Fields) => [unknown, unknown]): [string, DeviceIdentity][] {
  return Object.entries(devices).flatMap(([address, device]): [string, DeviceIdentity][] => {
    if (!isObject(device)) return [];
    const [vendorId, deviceId] = idsOf(device);
    if (typeof vendorId !== "number" || typeof deviceId !== "number") return [];
    const { classId, subVendorId, subDeviceId } = device;
    return [
      [
        address,
        {
          classId: typeof classId === "number" ? classId : NVME_CLASS_ID,
          vendorId,
          deviceId,
          ...(typeof subVendorId === "number" && { subVendorId }),
          ...(typeof subDeviceId === "number" && { subDeviceId }),
        },
      ],
    ];
  });
}

/** What the provider remembers beside a state. */
function privateMemory(bytes: unknown): Fields {
  try {
    const memory: unknown = JSON.parse(Buffer.from(textOf(bytes) ?? "", "base64").toString("utf8"));
    return isObject(memory) ? memory : {};
  } catch {
    return {};
  }
}

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What is found on the way down; nothing where the way ends. */
function read(from: Fields, ...way: string[]): Fields {
  return way.reduce<Fields>((fields, name) => {
    const value = fields[name];
    return isObject(value) ? value : {};
  }, from);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function hex(value: unknown): number | undefined {
  const digits = textOf(value);
  return digits !== undefined && /^[\da-f]{4}$/i.test(digits) ? Number.parseInt(digits, 16) : undefined;
}
