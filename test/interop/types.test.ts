import { Schema, schema } from "../../lib/simulator/schema/schema";
import { encodeFields } from "../../lib/vim/wire/encode";
import { hostProperties } from "../../lib/vim/host/host";
import { hostStorageProperties } from "../../lib/vim/host/devices-in-use";
import { filterSpec } from "../../lib/vim/session/property-collector";
import { fieldsOf, parseField, type TypeTable } from "../../lib/vim/wire/schema";
import { vim25Methods, type Method } from "../../lib/vim/wire/methods";
import { vim25Types } from "../../lib/vim/wire/types";
import { isOlder } from "../../lib/compare-versions";
import { virtualMachineProperties } from "../../lib/vim/virtual-machine/virtual-machine";
import { compareClient, compareProperties, type ClientTables } from "./support/compare-client";
import { compareSchema, methodsOf } from "./support/compare-schema";
import { PyvmomiTypes } from "./support/pyvmomi-types";
import { report } from "./support/toolbox";
import { withoutPublicSchema } from "./support/without-public-schema";

const client: ClientTables = { types: vim25Types, methods: vim25Methods };
const properties = {
  VirtualMachine: virtualMachineProperties,
  HostSystem: { ...hostProperties, ...hostStorageProperties },
};
/** The server before the first field that a hot plug needs. */
const oldVersion = "7.0.3.0";

let theirs: PyvmomiTypes;

beforeAll(async () => {
  theirs = await PyvmomiTypes.load();
  report(`Types compared with pyVmomi ${theirs.version}:`);
  report(`  client: ${Object.keys(vim25Types).join(" ")}`);
  report(`  client's methods: ${Object.keys(vim25Methods).join(" ")}`);
  report(
    `  embedded vCenter: ${schema
      .all()
      .map(({ name }) => name)
      .join(" ")}`,
  );
  report(
    "  in neither pyVmomi nor any public schema, held against govmomi's calls only: " +
      `${[...withoutPublicSchema].join(" ") || "none"}`,
  );
}, 60_000);

describe("The client's tables, beside pyVmomi's types", () => {
  test("have the same types, fields, methods and first versions, in the same order", () => {
    expect(compareClient(client, theirs, withoutPublicSchema)).toEqual([]);
  });

  test.each(Object.entries(properties))("read properties of %s that exist, of the type they have", (type, table) => {
    expect(compareProperties(type, table, theirs)).toEqual([]);
  });

  test.each<[string, (types: TypeTable) => TypeTable, string]>([
    [
      "two fields out of order",
      (types) => withType(types, "VirtualDeviceConfigSpec", reversed),
      "VirtualDeviceConfigSpec.operation stands before device",
    ],
    [
      "a field that doesn't exist",
      (types) => withType(types, "AboutInfo", (fields) => ({ ...fields, patch: "string?" })),
      "AboutInfo.patch is unknown",
    ],
    [
      "a wrong type",
      (types) => withField(types, "HostPciDevice", "vendorId", "int"),
      'HostPciDevice.vendorId is "short", not "int"',
    ],
    [
      "a list for a single value",
      (types) => withField(types, "VirtualDeviceConfigSpec", "device", "VirtualDevice[]"),
      "VirtualDeviceConfigSpec.device is no list",
    ],
    [
      "a required field called optional",
      (types) => withField(types, "VirtualDeviceConfigSpec", "device", "VirtualDevice?"),
      "VirtualDeviceConfigSpec.device is required",
    ],
    [
      "a wrong first version",
      (types) => withField(types, "VirtualMachineConfigSpec", "fixedPassthruHotPlugEnabled", "boolean? since 8.0.2.0"),
      "VirtualMachineConfigSpec.fixedPassthruHotPlugEnabled is there since 8.0.1, not since 8.0.2",
    ],
    [
      "a forgotten first version",
      (types) => withField(types, "VirtualMachineConfigSpec", "motherboardLayout", "string?"),
      "VirtualMachineConfigSpec.motherboardLayout is there since 8.0.0.1, not since 2",
    ],
    [
      "a required field left out of what is sent",
      (types) => withType(types, "PropertySpec", ({ type: _, ...fields }) => fields),
      "PropertySpec.type is required",
    ],
    [
      "a wrong base type",
      (types) => ({ ...types, VirtualPCIPassthrough: { $extends: "Description" } }),
      "VirtualPCIPassthrough doesn't extend Description",
    ],
    [
      "a type that doesn't exist",
      (types) => ({ ...types, VirtualNvmePassthrough: {} }),
      "VirtualNvmePassthrough is unknown",
    ],
  ])("would be caught with %s", (_, spoil, sentence) => {
    expect(compareClient({ ...client, types: spoil(vim25Types) }, theirs, withoutPublicSchema)).toContain(sentence);
  });

  test.each<[string, Record<string, Method>, string]>([
    ["a method that doesn't exist", { HotPlug_Task: { args: {} } }, "HotPlug_Task is unknown"],
    [
      "parameters out of order",
      { FindAllByUuid: { args: reversed(vim25Methods.FindAllByUuid.args) } },
      "FindAllByUuid.vmSearch stands before instanceUuid",
    ],
    [
      "a required parameter left out",
      { Login: { args: { userName: "string" }, returns: "UserSession" } },
      "Login.password is required",
    ],
    [
      "an answer of another type",
      { Login: { ...vim25Methods.Login, returns: "AboutInfo" } },
      'Login\'s answer is "UserSession", not "AboutInfo"',
    ],
  ])("would be caught with %s", (_, methods, sentence) => {
    expect(
      compareClient({ ...client, methods: { ...vim25Methods, ...methods } }, theirs, withoutPublicSchema),
    ).toContain(sentence);
  });

  test("would be caught reading a property that isn't there", () => {
    expect(compareProperties("VirtualMachine", { "config.hotPlug": "boolean?" }, theirs)).toEqual([
      "VirtualMachine.config.hotPlug is unknown",
    ]);
  });
});

describe("The embedded vCenter's schema, beside pyVmomi's types", () => {
  test("has the same types, fields, methods, faults and first versions, in the same order", () => {
    expect(compareSchema(schema, theirs, withoutPublicSchema)).toEqual([]);
  });

  test.each([
    [
      "two fields out of order",
      "Description\n  summary:string label:string",
      "Description.label stands before summary",
    ],
    ["a wrong type", "Description\n  label:int summary:string", 'Description.label is "string", not "int"'],
    ["a required field left out", "Description\n  label:string", "Description.summary is required"],
    [
      "a value of an enumeration that doesn't exist",
      "enum TaskInfoState\n  queued undone",
      'TaskInfoState has no value "undone"',
    ],
    [
      "a wrong first version",
      "HostCapability\n  fptHotplugSupported:boolean?@8.0.2.0",
      "HostCapability.fptHotplugSupported is there since 8.0.1, not since 8.0.2",
    ],
    [
      "a method of another object",
      "managed Task\n  PowerOnVM_Task(host:&HostSystem?) &Task",
      "Task.PowerOnVM_Task is a method of VirtualMachine",
    ],
    [
      "a fault that a method doesn't have",
      "managed SessionManager\n  Logout() void ! ConcurrentAccess",
      "SessionManager.Logout doesn't fault with ConcurrentAccess",
    ],
  ])("would be caught with %s", (_, table, sentence) => {
    expect(compareSchema(new Schema([table]), theirs)).toContain(sentence);
  });
});

describe("Client and embedded vCenter", () => {
  test("agree: every type, field and method of the client is in the embedded vCenter's schema", () => {
    const lacking = Object.keys(vim25Types).flatMap((type) =>
      schema.data(type)
        ? fieldsOf(vim25Types, type)
            .filter(({ name }) => !schema.field(type, name))
            .map(({ name }) => `${type}.${name}`)
        : [type],
    );
    expect([...lacking, ...Object.keys(vim25Methods).filter((method) => !methodsOf(schema).includes(method))]).toEqual(
      [],
    );
  });
});

describe("A server older than a field", () => {
  const young = Object.keys(vim25Types).flatMap((type) =>
    fieldsOf(vim25Types, type)
      .filter(({ since }) => since !== undefined && isOlder(oldVersion, since))
      .map(({ name, type: fieldType, array }) => ({ title: `${type} ${name}`, type, name, fieldType, array })),
  );

  test.each(young)("is never sent $title", ({ type, name, fieldType, array }) => {
    const value = { boolean: true, string: "text", int: 1 }[fieldType] ?? {};
    const encode = (apiVersion: string): unknown =>
      encodeFields({ [name]: array ? [value] : value }, fieldsOf(vim25Types, type), apiVersion);
    expect(() => encode(oldVersion)).toThrow(`${name} needs a vCenter of API version`);
    expect(encode("9.1.0.0")).toHaveProperty(name);
  });

  test.each(Object.entries(properties))("is never asked for a younger property of %s", (type, table) => {
    const asked = (apiVersion: string): string[] =>
      filterSpec({ objects: [], properties: { [type]: table } }, { apiVersion, unknown: new Set() }).propSet[0]!
        .pathSet!;
    const tooYoung = Object.entries(table)
      .filter(([path, text]) => isOlder(oldVersion, parseField(path, text).since ?? "0"))
      .map(([path]) => path);
    expect(tooYoung.length).toBeGreaterThan(0);
    expect(asked(oldVersion)).toEqual(Object.keys(table).filter((path) => !tooYoung.includes(path)));
    expect(asked("8.0.1.0")).toEqual(Object.keys(table));
  });
});

type Fields = Readonly<Record<string, string>>;

function reversed(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).reverse());
}

function withType(types: TypeTable, name: string, change: (fields: Fields) => Fields): TypeTable {
  return { ...types, [name]: change(types[name]!) };
}

function withField(types: TypeTable, name: string, field: string, text: string): TypeTable {
  return withType(types, name, (fields) => ({ ...fields, [field]: text }));
}
