import { App, TerraformResource, TerraformStack, TerraformVariable } from "cdktf";
import * as exported from "../../lib/index";
import { hotplugProvider } from "../../lib/provider/provider";
import { nestedValue } from "../../lib/constructs/nested-value";
import type { Attribute, AttributeType, Schema } from "../../lib/tfplugin6/schema";
import { TerraformWorkspace } from "../support/terraform";
import { synthesizeHcl } from "../examples/synthesize";

type Binding = new (scope: TerraformStack, id: string, config: object) => TerraformResource;
const { schema, resources, dataSources } = hotplugProvider({ environment: {} });
const schemas: [string, Schema][] = [
  ["hotplug", schema],
  ...Object.entries({ ...resources, ...dataSources }).map(([type, { schema }]): [string, Schema] => [type, schema]),
];
const bindings = new Map(
  Object.values(exported).flatMap((value) => ("tfResourceType" in value ? [[value.tfResourceType, value]] : [])) as [
    string,
    Binding,
  ][],
);

const camelCase = (name: string): string => name.replaceAll(/_(\w)/g, (_all, letter: string) => letter.toUpperCase());
/** Values that one check or another takes. */
const KEY = [0, 0, 0, 11, ...Buffer.from("ssh-ed25519"), 0, 0, 0, 32, ...Array<number>(32).fill(1)];
const HOST_KEY = `ssh-ed25519 ${Buffer.from(KEY).toString("base64")}`;
const TEXTS = ["10m", "0000:3b:00.0", "never", "remove_first", "vm-42", HOST_KEY];

function sample({ type, nested, validate }: Attribute, name: string): unknown {
  if (nested) return configOf(nested.attributes, () => true);
  const values = type === "bool" ? [true] : type === "number" ? [4096, 22] : TEXTS.map((text) => textOf(text, type!));
  const fits = values.find((value) => !validate || validate(value as never, [name]).length === 0);
  if (fits === undefined) throw new Error(`None of the test's values fits ${name}.`);
  return fits;
}
function textOf(text: string, type: AttributeType): unknown {
  return type === "string" ? text : "map" in (type as object) ? { key: text } : [text];
}
function configOf(attributes: Record<string, Attribute>, wanted: (attribute: Attribute) => boolean): object {
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([, attribute]) => (attribute.required ?? attribute.optional) && wanted(attribute))
      .map(([name, attribute]) => [camelCase(name), sample(attribute, name)]),
  );
}
const inHcl = (build: (stack: TerraformStack) => void): Promise<string> =>
  synthesizeHcl("lab", () => {
    const app = new App();
    const stack = new TerraformStack(app, "lab");
    new exported.HotplugProvider(stack, "hotplug", { installProvider: false });
    build(stack);
    app.synth();
  });
let workspace: TerraformWorkspace | undefined;
afterEach(() => workspace?.dispose());

async function validate(hcl: string): Promise<{ valid: boolean; diagnostics: { summary: string }[] }> {
  workspace = await TerraformWorkspace.create({ files: { "cdk.tf": hcl } });
  await workspace.init();
  const { stdout } = await workspace.run(["validate", "-json"]);
  return JSON.parse(stdout) as never;
}

test("every nested attribute of every resource is an attribute in HCL, which the engine takes", async () => {
  const hcl = await inHcl((stack) => {
    for (const [type, { attributes }] of schemas) {
      if (!Object.values(attributes).some(({ nested, optional }) => nested && optional)) continue;
      const config = configOf(attributes, ({ nested, required }) => required === true || nested !== undefined);
      const own = type === "hotplug" ? { alias: "nested", installProvider: false } : {};
      new (bindings.get(type)!)(stack, `nested-${type}`, { ...config, ...own });
    }
  });
  expect(hcl).toMatch(/timeouts = \{\s+create = "10m"/);
  expect(await validate(hcl)).toMatchObject({ diagnostics: [], valid: true });
}, 60_000);

test("a nested attribute that only Terraform knows is one expression", async () => {
  const hcl = await inHcl((stack) => {
    const timeouts = new TerraformVariable(stack, "limits", { type: "object({ update = string })" }).value as never;
    new exported.Host(stack, "host", { hostId: "host-12", passthroughDevices: [], timeouts });
  });
  expect(hcl).toContain('timeouts = "${var.limits}"');
});

test("what is inside may be text of several lines, a number, a truth, a list and a group of its own", async () => {
  class Nested extends TerraformResource {
    protected override synthesizeHclAttributes(): Record<string, unknown> {
      const inside = { text: "a\nb", port: 22, on: true, list: ["x", "y"], group: { name: "z" }, none: undefined };
      return { input: { value: nestedValue(inside), isBlock: false, type: "map", storageClassType: "Any" } };
    }
  }
  const hcl = await inHcl((stack) => new Nested(stack, "nested", { terraformResourceType: "terraform_data" }));
  expect(await validate(hcl)).toMatchObject({ diagnostics: [], valid: true });
  expect(hcl).toMatch(/text = <<EOF\na\nb\nEOF\nport = 22\non = true\nlist = "\$\{tolist\(\["x", "y"\]\)\}"/);
}, 60_000);
