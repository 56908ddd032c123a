import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import { SoapFault } from "../support/soap-requests";
import { type InProcess, startInProcess } from "./in-process";

let running: InProcess;
beforeEach(async () => void (running = await startInProcess()));
afterEach(() => running.vcenter.stop());

const refused = async (work: Promise<unknown>): Promise<[string, string]> => {
  const error = await work.then(
    () => undefined,
    (fault: unknown) => fault,
  );
  if (!(error instanceof SoapFault)) throw error ?? new Error("it was not refused");
  return [error.type, error.message];
};
const reconfigure = (spec: string): Promise<[string, string]> =>
  refused(running.soap.call("ReconfigVM_Task", "VirtualMachine:vm-42", `<spec>${spec}</spec>`));

describe("a request is parsed as vCenter parses it", () => {
  const device = (backing: string): string =>
    "<deviceChange><operation>add</operation><device " +
    `xsi:type="VirtualPCIPassthrough"><key>-1</key>${backing}</device></deviceChange>`;
  const inside = "<id>0000:3b:00.0</id><deviceId>a54</deviceId><systemId>x</systemId><vendorId>1</vendorId>";

  it.each([
    ["an element that the type hasn't", "<nonsense>1</nonsense>", "no <nonsense>"],
    [
      "elements out of order",
      "<name>x</name><changeVersion>1</changeVersion>",
      "<changeVersion> may not stand after <name>",
    ],
    ["a field given twice", "<name>x</name><name>y</name>", "given twice"],
    ["an element of another namespace", `<name xmlns="urn:other">x</name>`, "of the namespace"],
    ["a word where a number is due", "<numCPUs>four</numCPUs>", "not of the type int"],
    ["a number beyond its type", "<npivDesiredNodeWwns>32768</npivDesiredNodeWwns>", "not of the type short"],
    ["a word where true or false is due", "<cpuHotAddEnabled>yes</cpuHotAddEnabled>", "not of the type boolean"],
    [
      "a value that the enumeration hasn't",
      "<deviceChange><operation>eject</operation></deviceChange>",
      "VirtualDeviceConfigSpecOperation",
    ],
    ["a base type's field without xsi:type", device(`<backing>${inside}</backing>`), "xsi:type|no <id>"],
    [
      "a device without xsi:type",
      "<deviceChange><operation>add</operation><device><key>-1</key></device></deviceChange>",
      "xsi:type more exact than VirtualDevice",
    ],
    [
      "an xsi:type that isn't of the declared type",
      device(`<backing xsi:type="VirtualPCIPassthrough">${inside}</backing>`),
      "which VirtualPCIPassthrough is not",
    ],
    ["a type that doesn't exist", device(`<backing xsi:type="Nonsense">${inside}</backing>`), "no type Nonsense"],
    [
      "a prefix that isn't declared",
      device(`<backing xsi:type="z:VirtualPCIPassthroughDeviceBackingInfo">${inside}</backing>`),
      "prefix",
    ],
    [
      "a missing field",
      device(
        "<backing " +
          'xsi:type="VirtualPCIPassthroughDeviceBackingInfo">' +
          `<deviceName/>${inside.replace("<systemId>x</systemId>", "")}</backing>`,
      ),
      "needs <systemId>",
    ],
    [
      "an option without a type for its value",
      "<extraConfig><key>a</key><value>b</value></extraConfig>",
      "needs xsi:type",
    ],
  ])("and refused for %s", async (_, spec, why) => {
    const [type, message] = await reconfigure(spec);
    expect(type).toBe("InvalidRequest");
    expect(message).toMatch(new RegExp(why));
  });

  it("and taken without any of these", async () => {
    await running.soap.reconfigure(
      "vm-42",
      '<annotation>a &lt;b&gt; "c"</annotation><extraConfig><key>a</key><value ' +
        'xsi:type="xsd:string">b</value></extraConfig>',
    );
    expect(await running.soap.text("VirtualMachine:vm-42", "config.annotation")).toBe('a <b> "c"');
  });

  it.each([
    ["what isn't XML", "nonsense"],
    ["elements too deep", `${"<a>".repeat(100)}${"</a>".repeat(100)}`],
    ["what is no envelope", "<a/>"],
    [
      "an envelope with two calls",
      '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><a xmlns="urn:vim25"/><b ' +
        'xmlns="urn:vim25"/></e:Body></e:Envelope>',
    ],
  ])("and refused for %s", async (_, text) => {
    expect((await refused(running.soap.raw(text)))[0]).toBe("InvalidRequest");
  });

  it("and refused for a document type declaration, whatever follows it", async () => {
    const call = (prologue: string): Promise<unknown> =>
      running.soap.raw(
        `${prologue}<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><CurrentTime ` +
          'xmlns="urn:vim25"><_this ' +
          'type="ServiceInstance">ServiceInstance</_this></CurrentTime></e:Body></e:Envelope>',
      );
    await call("");
    expect(await refused(call("<!DOCTYPE e>"))).toEqual([
      "InvalidRequest",
      expect.stringContaining("document type declaration"),
    ]);
  });

  it("a method or an object that isn't there", async () => {
    expect((await refused(running.soap.call("Nonsense", "VirtualMachine:vm-42")))[0]).toBe("MethodNotFound");
    expect((await refused(running.soap.call("PowerOffVM_Task", "VirtualMachine:vm-99")))[0]).toBe(
      "ManagedObjectNotFound",
    );
    expect((await refused(running.soap.call("PowerOffVM_Task", "Nonsense:vm-42")))[0]).toBe("InvalidRequest");
    expect(
      (await refused(running.soap.call("AcquireTicket", "VirtualMachine:vm-42", "<ticketType>mks</ticketType>")))[0],
    ).toBe("MethodNotFound");
  });
});

it("does not know fields that are younger than itself", async () => {
  running.vcenter.stop();
  running = await startInProcess({ ...defaultInventory, vcenter: { version: "8.0.0" } });
  const [type, message] = await reconfigure("<fixedPassthruHotPlugEnabled>true</fixedPassthruHotPlugEnabled>");
  expect([type, message]).toEqual(["InvalidRequest", expect.stringContaining("API 8.0.0.0")]);
});

it("tells an older client nothing that it doesn't know", async () => {
  expect(await running.soap.text("VirtualMachine:vm-42", "config.fixedPassthruHotPlugEnabled")).toBe("true");
  running.soap.version = "7.0.3.0";
  const { config } = await running.soap.read("VirtualMachine:vm-42", "config");
  expect(config!.children.some(({ name }) => name === "memoryReservationLockedToMax")).toBe(true);
  expect(config!.children.some(({ name }) => name === "fixedPassthruHotPlugEnabled")).toBe(false);
});

it("carries any name, whatever is in it", async () => {
  for (const name of ['a "b" <c> & d', "line\nbreak", "emoji 🙂", "slash/percent%"]) {
    const escaped = name.replace(/&/g, "&amp;").replace(/</g, "&lt;");
    await running.soap.reconfigure("vm-42", `<name>${escaped}</name>`);
    expect(await running.soap.text("VirtualMachine:vm-42", "config.name")).toBe(name);
  }
});
