import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import { vim25Methods } from "../../lib/vim/wire/methods";
import { ourTour, readEverything } from "./support/our-tour";
import { PyvmomiTypes } from "./support/pyvmomi-types";
import { readRequest, shapeOf, type ReadRequest } from "./support/read-request";
import { startRecordedVcenter, type RecordedVcenter } from "./support/recorded-vcenter";
import type { RecordedRequest } from "./support/recording-proxy";
import { runSteps } from "./support/steps";
import { report, run, toolbox, versions } from "./support/toolbox";
import { withoutPublicSchema } from "./support/without-public-schema";

const quick = {
  queueMs: 1,
  hotPlugMs: 20,
  reconfigureMs: 5,
  powerMs: 10,
  guestShutdownMs: 10,
  hostRebootMs: 50,
  maintenanceMs: 10,
};

const rewriters = {
  pyvmomi: [toolbox.python, "-B", toolbox.script("rewrite.py"), "8.0.3.0"],
  govmomi: [toolbox.govmomiClient, "rewrite"],
};

let types: PyvmomiTypes;
const recorded: Record<string, readonly RecordedRequest[]> = {};
/** Each method that our client calls, in each form that its requests take. */
let ours: ReadRequest[];

beforeAll(async () => {
  types = await PyvmomiTypes.load();
  recorded["our client"] = await record(ourTour);
  recorded["pyVmomi"] = await record(({ url, caFile }) =>
    runSteps([toolbox.python, "-B", toolbox.script("tour.py"), url, caFile]),
  );
  recorded["govmomi"] = await record(({ url, caFile }) => runSteps([toolbox.govmomiClient, url, caFile]));
  const read = recorded["our client"].map((request) => readRequest(request, types));
  ours = [...new Map(read.map((request) => [outlineOf(request), request])).values()];
  report(
    `Requests compared, as our client, ${versions.pyvmomi} and ${versions.govmomi} write them: ${ours.length} ` +
      `of ${new Set(ours.map(({ method }) => method)).size} methods`,
  );
}, 240_000);

test("our client's tour makes every call that it can make", () => {
  expect(Object.keys(vim25Methods).filter((method) => !ours.some((request) => request.method === method))).toEqual([]);
});

test.each(["our client", "pyVmomi", "govmomi"])(
  "%s sends what vCenter's parser takes: known names in order, types, nothing newer than its version",
  (client) => {
    expect(recorded[client]!.length).toBeGreaterThan(20);
    expect(recorded[client]!.flatMap((request) => readRequest(request, types).violations)).toEqual([]);
  },
);

test.each([
  [
    "elements out of order",
    (body: string) => body.replace(/(<operation>remove<\/operation>)(<device .*<\/device>)/, "$2$1"),
    "ReconfigVM_Task.spec.deviceChange.operation comes too late",
  ],
  [
    "a type that doesn't fit",
    (body: string) => body.replace('"VirtualPCIPassthrough"', '"VirtualPCIPassthroughDeviceBackingInfo"'),
    "no VirtualDevice",
  ],
  [
    "an unknown element",
    (body: string) => body.replace("<spec>", "<spec><hotPlug>true</hotPlug>"),
    "ReconfigVM_Task.spec.hotPlug is unknown",
  ],
  [
    "a missing element",
    (body: string) => body.replace(/<key>.*<\/key>/, ""),
    "ReconfigVM_Task.spec.deviceChange.device.key is missing",
  ],
  [
    "a value that an enumeration doesn't have",
    (body: string) => body.replace(">remove<", "><"),
    'ReconfigVM_Task.spec.deviceChange.operation can\'t be ""',
  ],
])("would be caught with %s", (_, spoil, sentence) => {
  const { body, ...rest } = recorded["our client"]!.find((request) => request.body.includes(">remove<"))!;
  const unprefixed = body.replaceAll(/(<\/?)vim25:/g, "$1");
  expect(readRequest({ ...rest, body: unprefixed }, types).violations).toEqual([]);
  expect(readRequest({ ...rest, body: spoil(unprefixed) }, types).violations.join("\n")).toContain(sentence);
});

test("an old server is sent nothing that is newer than itself", async () => {
  const old = await record(readEverything, { inventory: { ...defaultInventory, vcenter: { version: "7.0.3" } } });
  expect(new Set(old.slice(1).map(({ soapAction }) => soapAction))).toEqual(new Set(['"urn:vim25/7.0.3.0"']));
  expect(old.flatMap((request) => readRequest(request, types).violations)).toEqual([]);
  const young = await record(readEverything);
  const asIfOld = young.flatMap(
    (request) => readRequest({ ...request, soapAction: "urn:vim25/7.0.3.0" }, types).violations,
  );
  expect(asIfOld).toContainEqual(expect.stringContaining("config.fixedPassthruHotPlugEnabled is newer than 7.0.3.0"));
});

test("would be caught with a field newer than the server", () => {
  const request = recorded["our client"]!.find(({ body }) => body.includes("fixedPassthruHotPlugEnabled>true"))!;
  expect(readRequest({ ...request, soapAction: "urn:vim25/8.0.0.1" }, types).violations).toEqual([
    "ReconfigVM_Task.spec.fixedPassthruHotPlugEnabled is newer than 8.0.0.1",
  ]);
});

test(
  `${versions.pyvmomi} writes each of our requests with the same elements, in the same order, of ` + "the same types",
  async () => {
    const requests = ours.filter(({ method }) => !withoutPublicSchema.has(method));
    const written = await rewritten(requests, rewriters.pyvmomi);
    expect(written.map(shapeOf)).toEqual(requests.map(shapeOf));
  },
);

test(
  `${versions.govmomi} writes each of our requests with the same elements, in the same order, of ` + "the same types",
  async () => {
    const written = await rewritten(ours, rewriters.govmomi);
    expect(written.map(withoutEmpty).map(shapeOf)).toEqual(ours.map(withoutEmpty).map(shapeOf));
  },
);

test("a request of ours in another order would be told from theirs", async () => {
  const {
    fields: [spec],
    ...removal
  } = ours.find((request) => shapeOf(request).includes("= remove"))!;
  const spoilt = { ...removal, fields: [{ ...spec!, fields: [...spec!.fields].reverse() }] };
  for (const command of [rewriters.pyvmomi, rewriters.govmomi]) {
    const written = await rewritten([spoilt], command);
    expect(written.map(shapeOf)).not.toEqual([shapeOf(spoilt)]);
  }
});

/** What another library writes when it is to ask for the same. */
async function rewritten(requests: readonly ReadRequest[], command: readonly string[]): Promise<ReadRequest[]> {
  const { status, stdout, stderr } = await run(command, { input: JSON.stringify(requests) });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return (JSON.parse(stdout) as string[]).map((body) =>
    readRequest({ client: "", soapAction: "urn:vim25/8.0.3.0", body }, types),
  );
}

async function record(
  tour: (vcenter: RecordedVcenter) => Promise<unknown>,
  options: Parameters<typeof startRecordedVcenter>[0] = {},
): Promise<readonly RecordedRequest[]> {
  const vcenter = await startRecordedVcenter({ timings: quick, ...options });
  try {
    await tour(vcenter);
    return vcenter.requests;
  } finally {
    await vcenter.stop();
  }
}

/** A request without its values. */
function outlineOf(request: ReadRequest): string {
  return shapeOf(request).replace(/ on .*| = .*/g, "");
}

/** govmomi leaves out an optional number that is 0 and an optional text that is empty. */
function withoutEmpty<T extends Pick<ReadRequest, "fields">>(request: T): T {
  const fields = request.fields.filter(
    ({ optional, text, fields }) => !optional || fields.length > 0 || (text !== "" && text !== "0"),
  );
  return { ...request, fields: fields.map(withoutEmpty) };
}
