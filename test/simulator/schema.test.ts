import { parseSchema } from "../../lib/simulator/schema/parse-schema";

const ON_ONE_LINE = `
Disk : Device @6.5
  path:string size:long?
managed Host : Entity
  config:HostConfig?
  Reboot_Task(force:boolean cluster:&Cluster?@7.0) &Task@6.0 ! InvalidState FileFault
  Reset() void
`;

const ON_SEVERAL = `
Disk : Device @6.5
  path:string
    size:long?
managed Host : Entity
  config:HostConfig?
  Reboot_Task(force:boolean
      cluster:&Cluster?@7.0) &Task@6.0
    ! InvalidState
    FileFault
  Reset() void
`;

it("goes on in the next line where that is indented deeper", () => {
  expect(parseSchema(ON_SEVERAL)).toEqual(parseSchema(ON_ONE_LINE));
  expect(parseSchema(ON_SEVERAL)[1]).toMatchObject({
    properties: [{ name: "config" }],
    methods: [
      {
        name: "Reboot_Task",
        parameters: [{ name: "force" }, { name: "cluster" }],
        faults: ["InvalidState", "FileFault"],
      },
      { name: "Reset", faults: [] },
    ],
  });
});

it.each([
  ["a method that never ends", "managed Host\n  Reset(force:boolean?", "is not a method"],
  ["a field without a type", "Disk\n  path", "is not a field"],
])("refuses %s", (_, table, why) => expect(() => parseSchema(table)).toThrow(why));
