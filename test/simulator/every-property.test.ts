import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../lib/clock";
import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import { ManagedObject } from "../../lib/simulator/objects/managed-object";
import { readPath } from "../../lib/simulator/objects/property-collector/property-path";
import { parseVersion } from "../../lib/simulator/schema/parse-schema";
import { schema } from "../../lib/simulator/schema/schema";
import { Vcenter } from "../../lib/simulator/vcenter";
import { Encoder } from "../../lib/simulator/wire/encode";

const vcenter = new Vcenter({ inventory: defaultInventory, clock: systemClock, sessionTimeoutSeconds: 60 });
const objects = vcenter.world.all(ManagedObject);
const any = { name: "val", type: "anyType", reference: false, list: false, optional: false, since: [] };

afterAll(() => vcenter.stop());

it.each(["8.0.3.0", "8.0.1.0", "7.0.3.0", "6.5"])(
  "writes every property of every object for a client of API %s",
  (version) => {
    const encoder = new Encoder(parseVersion(version));
    const wrong = objects.flatMap((object) =>
      schema.fields(object.ref.type).flatMap(({ name }) => {
        try {
          const value = readPath(object, name);
          if (value !== undefined) encoder.field(any, value);
          return [];
        } catch (error) {
          return [`${String(object.ref)} ${name}: ${(error as Error).message}`];
        }
      }),
    );
    expect(wrong).toEqual([]);
  },
);

it("has no property or operation that the schema doesn't know", () => {
  const unknown = objects.flatMap((object) => [
    ...Object.keys(object.properties)
      .filter((name) => !schema.field(object.ref.type, name))
      .map((name) => `${object.ref.type}.${name}`),
    ...Object.keys(object.operations)
      .filter((name) => !schema.method(object.ref.type, name))
      .map((name) => `${object.ref.type}.${name}()`),
  ]);
  expect([...new Set(unknown)]).toEqual([]);
});

it("gives faults that the schema has", () => {
  const folder = join(__dirname, "../../lib/simulator");
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  const faults = sources.flatMap((name) =>
    [...readFileSync(join(folder, name), "utf8").matchAll(/(?:new Fault|refuse)\(\s*"(\w+)"/g)].map(
      ([, fault]) => fault!,
    ),
  );
  expect(faults.length).toBeGreaterThan(50);
  expect(faults.filter((fault) => !schema.data(fault) || !schema.isA(fault, "MethodFault"))).toEqual([]);
});

it("knows the base type of every type", () => {
  const bases = schema
    .all()
    .flatMap((type) =>
      type.kind !== "enum" && type.base && !schema.find(type.base) ? [`${type.name} : ${type.base}`] : [],
    );
  expect(bases).toEqual([]);
});
