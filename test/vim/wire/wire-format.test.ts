import { decode, decodeFields, MalformedAnswer } from "../../../lib/vim/wire/decode";
import { encodeFields } from "../../../lib/vim/wire/encode";
import { fieldsOf, isPrimitive, parseField, type TypeTable } from "../../../lib/vim/wire/schema";
import { vim25Methods, type Method } from "../../../lib/vim/wire/methods";
import { vim25Types } from "../../../lib/vim/wire/types";
import { wsdl } from "../../../lib/vim/wire/wsdl";

const table: TypeTable = vim25Types;
const spec = fieldsOf(table, "VirtualMachineConfigSpec");

describe("what is sent", () => {
  test("is in the schema's order, base types first, whatever the order given", () => {
    const encoded = encodeFields(
      {
        fixedPassthruHotPlugEnabled: true,
        motherboardLayout: "acpiHostBridges",
        changeVersion: "1",
        memoryReservationLockedToMax: true,
      },
      spec,
      "8.0.1.0",
    );
    expect(Object.keys(encoded)).toEqual([
      "changeVersion",
      "memoryReservationLockedToMax",
      "motherboardLayout",
      "fixedPassthruHotPlugEnabled",
    ]);
    const selectSet = [{ $type: "TraversalSpec", path: "p", type: "T", name: "n" }];
    const {
      selectSet: [traversal],
    } = encodeFields(
      { obj: { type: "A", value: "b" }, selectSet },
      fieldsOf(table, "ObjectSpec"),
      "8.0.1.0",
    ) as unknown as { selectSet: [object] };
    expect(Object.entries(traversal)).toEqual([
      ["attributes", { "xsi:type": "TraversalSpec" }],
      ["name", "n"],
      ["type", "T"],
      ["path", "p"],
    ]);
  });

  test("names a concrete type only where it isn't the declared one", () => {
    const encoded = encodeFields(
      { deviceChange: [{ $type: "VirtualDeviceConfigSpec", device: { $type: "VirtualPCIPassthrough", key: -1 } }] },
      spec,
      "8.0.1.0",
    );
    expect(encoded).toEqual({
      deviceChange: [{ device: { attributes: { "xsi:type": "VirtualPCIPassthrough" }, key: -1 } }],
    });
  });

  test("leaves out what is undefined and knows no other fields than the schema's", () => {
    expect(encodeFields({ changeVersion: undefined }, spec, "8.0.1.0")).toEqual({});
    expect(() => encodeFields({ numCPUs: 4 }, spec, "8.0.1.0")).toThrow("numCPUs");
  });
});

describe("what is received", () => {
  const attributes = (type: string): object => ({ attributes: { "xsi:type": type } });

  test.each([
    ["a number in an anyType", { ...attributes("xsd:int"), $value: "-7" }, -7],
    ["a byte", { ...attributes("ns1:byte"), $value: "-128" }, -128],
    ["a boolean", { ...attributes("xsd:boolean"), $value: "true" }, true],
    ["a boolean in digits", { ...attributes("xsd:boolean"), $value: "0" }, false],
    ["a string that looks like a number", { ...attributes("xsd:string"), $value: "007" }, "007"],
    ["an empty string", { ...attributes("xsd:string") }, ""],
    [
      "a time with its microseconds",
      { ...attributes("xsd:dateTime"), $value: "2026-11-23T04:00:00.123456Z" },
      "2026-11-23T04:00:00.123456Z",
    ],
    ["a value of an enumeration", { ...attributes("VirtualMachinePowerState"), $value: "poweredOn" }, "poweredOn"],
    [
      "a reference",
      { attributes: { type: "Task", "xsi:type": "ManagedObjectReference" }, $value: "task-1" },
      { type: "Task", value: "task-1" },
    ],
    ["an array of one", { ...attributes("ArrayOfString"), string: "a" }, ["a"]],
    ["an array of several", { ...attributes("ArrayOfInt"), int: ["1", "2"] }, [1, 2]],
    ["an empty array", { ...attributes("ArrayOfString") }, []],
    [
      "an array of a type unknown here",
      { ...attributes("ArrayOfHostThing"), HostThing: { name: "x" } },
      [{ $type: "HostThing", name: "x" }],
    ],
    [
      "a fault",
      {
        ...attributes("LocalizedMethodFault"),
        fault: { ...attributes("TaskInProgress"), task: { attributes: { type: "Task" }, $value: "task-2" } },
      },
      { $type: "LocalizedMethodFault", fault: { $type: "TaskInProgress", task: { type: "Task", value: "task-2" } } },
    ],
    [
      "a fault without fields",
      { ...attributes("LocalizedMethodFault"), fault: attributes("InvalidState") },
      { $type: "LocalizedMethodFault", fault: { $type: "InvalidState" } },
    ],
  ])("%s", (_what, raw, expected) => expect(decode(raw, "anyType")).toEqual(expected));

  test("a subtype that is unknown here is read as far as its base goes, under its own name", () => {
    expect(
      decode({ attributes: { "xsi:type": "VirtualE1000" }, key: "4000", macAddress: "x" }, "VirtualDevice"),
    ).toEqual({ $type: "VirtualE1000", key: 4000 });
  });

  test.each([
    ["no required field", { deviceInfo: null }, "VirtualDevice"],
    ["two of what there is one of", { key: ["1", "2"] }, "VirtualDevice"],
    ["text for a number", { key: "x" }, "VirtualDevice"],
    ["text for an object", "x", "VirtualDevice"],
    ["an object for a number", { key: { a: "1" } }, "VirtualDevice"],
    ["a boolean that is neither", { attributes: { "xsi:type": "xsd:boolean" }, $value: "yes" }, "anyType"],
    ["an empty reference", { attributes: { type: "Task" } }, "ManagedObjectReference"],
  ])("%s is malformed", (_what, raw, type) => expect(() => decode(raw, type)).toThrow(MalformedAnswer));

  test("elements nested without end are malformed, not a stack that overflows", () => {
    let nested: object = { a: "1" };
    for (let i = 0; i < 100_000; i++) nested = { a: nested };
    expect(() => decode(nested, "anyType")).toThrow(MalformedAnswer);
  });

  test("arrays are there even when the server left them out, and inherited properties aren't taken for fields", () => {
    expect(decodeFields({}, [parseField("toString", "string?"), parseField("items", "int[]?")])).toEqual({ items: [] });
  });
});

describe("the tables", () => {
  const methods = Object.entries<Method>(vim25Methods);

  test("name only types that they have", () => {
    const named = [
      ...Object.keys(table).flatMap((type) => fieldsOf(table, type).map((field) => field.type)),
      ...methods.flatMap(([, { args, returns }]) => [
        ...Object.entries(args).map(([name, text]) => parseField(name, text).type),
        ...(returns ? [parseField("returnval", returns).type] : []),
      ]),
    ];
    expect(named.filter((type) => !(type in table) && !isPrimitive(type) && type !== "ManagedObjectReference")).toEqual(
      [],
    );
  });

  test("say of every method that starts a task or changes something that it writes", () => {
    expect(
      methods
        .filter(
          ([name, { writes }]) =>
            /_Task$|^(Update|Shutdown|Cancel)/.test(name) && !writes && name !== "CancelWaitForUpdates",
        )
        .map(([name]) => name),
    ).toEqual([]);
  });

  test("make a WSDL with every type and every method once", () => {
    const text = wsdl();
    for (const type of Object.keys(table)) expect(text.split(`<xsd:complexType name="${type}">`)).toHaveLength(2);
    for (const [name] of methods) expect(text.split(`<operation name="${name}">`)).toHaveLength(3);
  });

  test("refuse a field that is malformed", () => expect(() => parseField("x", "string[]!")).toThrow("malformed"));
});
