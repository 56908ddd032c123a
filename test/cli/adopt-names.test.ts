import { Identifiers } from "../../lib/cli/adopt/names";

test.each([
  ["db", "db"],
  ["esx01.example.test", "esx01"],
  ["10.1.2.3", "_10_1_2_3"],
  ["1st", "_1st"],
  ["class", "_class"],
  ["Größe", "gro_e"],
  ["日本", "unnamed"],
  ['"; } ${x} /*', "x"],
  ["", "unnamed"],
  [".hidden", "hidden"],
])("%j becomes the identifier %j", (name, identifier) => {
  expect(new Identifiers().of(name)).toBe(identifier);
});

test("each is given once, whatever was given before", () => {
  const identifiers = new Identifiers();
  expect(["db", "DB", "db_2", "db"].map((name) => identifiers.of(name))).toEqual(["db", "db_2", "db_2_2", "db_3"]);
});
