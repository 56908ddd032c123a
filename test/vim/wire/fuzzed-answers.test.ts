import { readVirtualMachines } from "../../../lib/vim/virtual-machine/virtual-machine";
import { envelope, ScriptedVcenter } from "../scripted-vcenter";

const vm = { type: "VirtualMachine", value: "vm-42" };
const property = (name: string, type: string, text: string): string =>
  `<propSet><name>${name}</name><val xsi:type="${type}">${text}</val></propSet>`;
const backing =
  "<backing " +
  'xsi:type="VirtualPCIPassthroughDeviceBackingInfo"><deviceName>n</deviceName>' +
  "<id>0000:3b:00.0</id><deviceId>a824</deviceId><systemId>s</systemId><vendorId>-32634</vendorId>" +
  "</backing>";
const valid = envelope(
  `<RetrievePropertiesExResponse xmlns="urn:vim25"><returnval><objects><obj type="VirtualMachine">vm-42</obj>${[
    property("name", "xsd:string", "db"),
    '<propSet><name>environmentBrowser</name><val type="EnvironmentBrowser" ' +
      'xsi:type="ManagedObjectReference">env-1</val></propSet>',
    property("config.uuid", "xsd:string", "u"),
    property("config.template", "xsd:boolean", "false"),
    property("config.changeVersion", "xsd:string", "1"),
    property("config.hardware.numCPU", "xsd:int", "4"),
    property("config.hardware.memoryMB", "xsd:int", "4"),
    property(
      "config.hardware.device",
      "ArrayOfVirtualDevice",
      `<VirtualDevice xsi:type="VirtualPCIPassthrough"><key>13000</key>${backing}</VirtualDevice>`,
    ),
    property("runtime.powerState", "VirtualMachinePowerState", "poweredOn"),
    property("runtime.connectionState", "VirtualMachineConnectionState", "connected"),
  ].join("")}</objects></returnval></RetrievePropertiesExResponse>`,
);

/** Numbers from a seed (mulberry32), so that a failing case can be made again. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** Breaks one thing: a stretch cut out, repeated, exchanged for junk, or moved elsewhere. */
function breakIt(xml: string, next: (below: number) => number): string {
  const [from, length] = [next(xml.length), 1 + next(60)];
  const piece = xml.slice(from, from + length);
  const rest = xml.slice(0, from) + xml.slice(from + length);
  const junk = [
    "<",
    ">",
    "&",
    "&#0;",
    "&x;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "\u0000",
    "\ud800",
    "<val/>",
    "</val>",
    ' xsi:type="VirtualDisk"',
    ' xsi:nil="true"',
    "-",
    "9".repeat(400),
    "<constructor/>",
    "<__proto__/>",
    "<toString>x</toString>",
  ];
  const at = next(rest.length);
  switch (next(4)) {
    case 0:
      return rest;
    case 1:
      return xml.slice(0, from) + piece + xml.slice(from);
    case 2:
      return xml.slice(0, from) + junk[next(junk.length)]! + xml.slice(from + (next(2) ? length : 0));
    default:
      return rest.slice(0, at) + piece + rest.slice(at);
  }
}

/** How many; FUZZ_ANSWERS for a long run. */
const ANSWERS = Number(process.env.FUZZ_ANSWERS ?? 500);

test("whatever is wrong with an answer, the caller gets the VM or one of this client's own errors", async () => {
  const vcenter = await ScriptedVcenter.start();
  const client = vcenter.client();
  const seed = Number(process.env.HOTPLUG_TEST_SEED ?? 20230418);
  const next = random(seed);
  const outcomes = new Map<string, number>();
  for (let i = 0; i < ANSWERS; i++) {
    const broken = i === 0 ? valid : breakIt(next(2) ? breakIt(valid, next) : valid, next);
    vcenter.scripts.RetrievePropertiesEx = (_request, response) => void response.writeHead(200).end(broken);
    const outcome = await readVirtualMachines(client, [vm]).then(
      ([read]) => (Array.isArray(read?.passthroughDevices) ? "read" : "nonsense"),
      (error: Error) => error.name,
    );
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    if (!["read", "VimConnectionError", "VimFault", "IncompleteAnswerError"].includes(outcome))
      throw new Error(`Seed ${seed}, case ${i}: ${outcome} at ${broken}`);
  }
  expect(({} as Record<string, unknown>).obj).toBeUndefined();
  for (const seen of ["read", "VimConnectionError", "IncompleteAnswerError"])
    expect(outcomes.get(seen)).toBeGreaterThan(5);
  await vcenter.stop();
}, 60_000);
