import { Encoder, ExtData } from "@msgpack/msgpack";
import { decodeJson, decodeMsgpack, encodeMsgpack, ValueTypeError } from "../../lib/tfplugin6/dynamic-value";
import { UNKNOWN, type ObjectValue, type Value } from "../../lib/tfplugin6/value";
import type { ObjectType, ValueType } from "../../lib/tfplugin6/value-type";

const pack = (value: unknown): Uint8Array => new Encoder({ useBigInt64: true }).encode(value);
const json = (text: string): Buffer => Buffer.from(text);
const of = (v: ValueType): ObjectType => ({ object: { v } });
const object: ObjectType = { object: { a: "string", b: "number" } };

const roundTrips: [string, ValueType, Value][] = [
  ["text", "string", "é 𝔘 \u0000"],
  ["a bool", "bool", false],
  ["a small number", "number", -3],
  ["a fraction", "number", 1.5],
  ["an integer beyond 32 bits", "number", 2n ** 63n - 1n],
  ["an unsigned integer of 64 bits", "number", 2n ** 64n - 1n],
  ["a decimal string where nothing else holds the number", "number", "12345678901234567890123.5"],
  ["null", "string", null],
  ["an unknown", { list: "string" }, UNKNOWN],
  ["an unknown inside a set", { set: "string" }, ["a", UNKNOWN]],
  ["an empty list", { list: "string" }, []],
  ["a map with a hole", { map: { list: "number" } }, { x: [1], y: null, "": [] }],
  ["nested objects", { list: object }, [{ a: "x", b: null }, null, { a: UNKNOWN, b: 2 }]],
];

describe("a dynamic value in msgpack", () => {
  it.each(roundTrips)("carries %s both ways", (_, type, value) => {
    expect(decodeMsgpack(encodeMsgpack({ v: value }, of(type)), of(type))).toEqual({ v: value });
  });

  it("is null, or an object with every attribute", () => {
    expect(decodeMsgpack(pack(null), object)).toBeNull();
    expect(decodeMsgpack(encodeMsgpack(null, object), object)).toBeNull();
    expect(decodeMsgpack(pack({ b: 1 }), object)).toEqual({ a: null, b: 1 });
    expect(encodeMsgpack({ b: 1 } as ObjectValue, object)).toEqual(pack({ a: null, b: 1 }));
  });

  it("writes an unknown as extension 0 and reads it from any extension, hints included", () => {
    expect(encodeMsgpack({ v: UNKNOWN }, of("string"))).toEqual(pack({ v: new ExtData(0, new Uint8Array(1)) }));
    for (const type of [0, 12, 99, -1]) {
      expect(decodeMsgpack(pack({ v: new ExtData(type, Buffer.from("c0", "hex")) }), of("string"))).toEqual({
        v: UNKNOWN,
      });
    }
  });

  it("writes an integer that 64 bits don't hold as a decimal string, as Terraform does", () => {
    expect(encodeMsgpack({ v: 2n ** 64n }, of("number"))).toEqual(pack({ v: "18446744073709551616" }));
  });

  const wrong: [string, ValueType, unknown, RegExp][] = [
    ["a number for text", "string", 1, /^value\.v: expected a string, got a number$/],
    ["text for a number", "number", "1x", /expected a number, got a string/],
    ["no finite number", "number", Infinity, /got no finite number/],
    ["text for a bool", "bool", "true", /expected a bool/],
    ["a map for a list", { list: "string" }, {}, /expected a list, got an object/],
    ["a list for a map", { map: "string" }, [], /expected a map, got a list/],
    ["bytes for an object", object, new Uint8Array(2), /expected an object, got bytes/],
    ["something deep inside", { list: object }, [{ a: 1 }], /^value\.v\[0\]\.a: expected a string/],
    ["an attribute that isn't there", object, { c: 1 }, /^value\.v: has no attribute "c"$/],
  ];
  it.each(wrong)("refuses %s both ways, and tells where", (_, type, value, message) => {
    expect(() => decodeMsgpack(pack({ v: value }), of(type))).toThrow(message);
    expect(() => encodeMsgpack({ v: value as Value }, of(type))).toThrow(ValueTypeError);
  });

  it("never repeats a value in its complaint: it may be a secret", () => {
    expect(() => decodeMsgpack(pack({ v: { hunter2: ["hunter2"] } }), of({ map: "string" }))).toThrow(/^(?!.*hunter2)/);
    expect(() => decodeMsgpack(pack({ v: "hunter2" }), of("number"))).toThrow(/^(?!.*hunter2)/);
  });

  it(
    "refuses lengths that lie without allocating for them, bytes that go on, and a whole value that " + "is unknown",
    () => {
      expect(() => decodeMsgpack(Buffer.from("81a176dd01000000", "hex"), of({ list: "string" }))).toThrow(/length/i);
      expect(() => decodeMsgpack(Buffer.concat([pack({ v: "a" }), Buffer.from([0xc0])]), of("string"))).toThrow();
      expect(() => decodeMsgpack(pack(new ExtData(0, new Uint8Array(1))), object)).toThrow(ValueTypeError);
    },
  );
});

describe("a stored state in JSON", () => {
  it("keeps numbers that a double can't hold, and text that looks like them", () => {
    const type: ObjectType = { object: { n: { list: "number" }, s: "string" } };
    expect(
      decodeJson(
        json('{"n":[1,-1.5e3,12345678901234567890123,0.1234567890123456789],"s":"\\"12345678901234567890123"}'),
        type,
      ),
    ).toEqual({
      n: [1, -1500, "12345678901234567890123", "0.1234567890123456789"],
      s: '"12345678901234567890123',
    });
  });

  it("refuses attributes that the schema lost, or drops them at every depth when asked to", () => {
    const text = json('{"old":1,"v":[{"a":"x","gone":[]}]}');
    expect(() => decodeJson(text, of({ list: object }))).toThrow(/has no attribute "old"/);
    expect(decodeJson(text, of({ list: object }), { extraAttributes: "drop" })).toEqual({ v: [{ a: "x", b: null }] });
  });

  it("says of broken JSON only how long it is", () => {
    expect(() => decodeJson(json('{"v":"hunter2'), of("string"))).toThrow(/^13 bytes that are not JSON$/);
  });
});
