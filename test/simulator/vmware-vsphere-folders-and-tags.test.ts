import { readFileSync } from "node:fs";
import { join } from "node:path";
import { find } from "../support/soap-requests";
import { type InProcess, startInProcess } from "./in-process";

interface Recorded {
  operation: string;
  target?: string;
  arguments: Record<string, unknown>;
}
/** What the real provider sent to the embedded vCenter, as its call log has it; ids that it was given in braces. */
const { client, recorded, requests } = JSON.parse(
  readFileSync(join(__dirname, "recorded", "vmware-vsphere-folders-and-tags.json"), "utf8"),
) as { client: string; recorded: string; requests: Recorded[] };

let running: InProcess;
beforeEach(async () => void (running = await startInProcess()));
afterEach(() => running.vcenter.stop());

/** Values as elements, in the order in which they were read, which is the schema's. */
function xml(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((one) => xml(name, one)).join("");
  const reference = /^(ResourcePool|Folder):(\S+)$/.exec(String(value));
  if (reference) return `<${name} type="${reference[1]}">${reference[2]}</${name}>`;
  return `<${name}>${typeof value === "object" ? inside(value as object) : String(value)}</${name}>`;
}
const inside = (fields: object): string =>
  Object.entries(fields)
    .filter(([name]) => name !== "$type")
    .map(([name, value]) => xml(name, value))
    .join("");

it(`carries out what ${client} sends for tags, folders and pools (recorded ${recorded})`, async () => {
  const root = await running.soap.text("VirtualMachine:vm-42", "resourcePool");
  const ids: Record<string, string> = { "resgroup-102": root! };
  const login = { method: "POST", path: "/rest/com/vmware/cis/session", query: new URLSearchParams(), body: "" };
  const authorization = `Basic ${Buffer.from("a:b").toString("base64")}`;
  const { sessionId } = (await running.vcenter.rest.handle({ ...login, authorization }))!;
  const rest = async (operation: string, values: Record<string, unknown>): Promise<unknown> => {
    const [method, place] = operation.split(" ") as [string, string];
    const [path, query] = place.replace(/\{(\w+)\}/, (_, name: string) => String(values[name])).split("?");
    const body = JSON.stringify(values);
    const request = { method, path: path!, query: new URLSearchParams(query), sessionId, body };
    const answer = (await running.vcenter.rest.handle(request))!;
    expect({ operation, ...answer }).toMatchObject({ operation, status: 200 });
    return answer.body === "" ? undefined : (JSON.parse(answer.body) as { value: unknown }).value;
  };
  const answers: Record<string, unknown>[] = [];
  for (const request of requests) {
    const text = Object.entries(ids).reduce((all, [name, id]) => all.replaceAll(name, id), JSON.stringify(request));
    const { operation, target, arguments: values } = JSON.parse(text) as Recorded;
    if (!target) {
      const answer = await rest(operation, values);
      if (/^POST .*\/category$/.test(operation)) ids["{category}"] = answer as string;
      if (/^POST .*\/tag$/.test(operation)) ids["{tag}"] = answer as string;
      answers.push({ [operation.replace(/.*[/=]/, "")]: answer });
    } else if (operation.endsWith("_Task")) await running.soap.task(operation, target, inside(values));
    else {
      const made = find(await running.soap.call(operation, target, inside(values)), "returnval")?.text;
      if (made) ids[operation === "CreateFolder" ? "{folder}" : "{pool}"] = made;
    }
  }
  expect(answers.filter((answer) => "list-attached-tags" in answer)).toEqual([
    { "list-attached-tags": [ids["{tag}"]] },
    { "list-attached-tags": [ids["{tag}"]] },
  ]);
  expect(answers[1]).toMatchObject({
    "id:{category_id}": { associable_types: ["ResourcePool", "Folder", "VirtualMachine"] },
  });
  expect(running.vcenter.world.tagging.categories).toEqual([]);
});
