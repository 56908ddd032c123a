/** A resource as the documents of Terraform below hold it. */
export interface DeclaredResource {
  /** `module.a["x"]`; the root where it is left out. */
  module?: string;
  type?: string;
  name: string;
  /** For `count` a number, for `for_each` a text. */
  index?: string | number;
  values: Record<string, unknown>;
  /** What the provider remembers beside the state. */
  memory?: object;
}

const DEVICES = "hotplug_passthrough_devices";
function addressOf({ module, type = DEVICES, name, index }: DeclaredResource): string {
  const suffix = index === undefined ? "" : `[${JSON.stringify(index)}]`;
  return `${module === undefined ? "" : `${module}.`}${type}.${name}${suffix}`;
}

/** A state of version 4, as a backend keeps it. */
export function stateFile(resources: readonly DeclaredResource[]): string {
  return JSON.stringify({
    version: 4,
    terraform_version: "1.11.4",
    serial: 3,
    lineage: "2f1f9e0e-6a6f-4b1f-8a52-0c6f8f6f1c01",
    outputs: {},
    resources: [
      { mode: "data", type: "hotplug_readiness", name: "db", provider: "x", instances: [{ attributes: {} }] },
      ...resources.map(({ module, type = DEVICES, name, index, values, memory }) => ({
        ...(module !== undefined && { module }),
        mode: "managed",
        type,
        name,
        provider: 'provider["registry.terraform.io/vsphere-hotplug/hotplug"]',
        ...(index !== undefined && { each: typeof index === "number" ? "list" : "map" }),
        instances: [
          {
            ...(index !== undefined && { index_key: index }),
            schema_version: 0,
            attributes: values,
            sensitive_attributes: [],
            ...(memory && { private: Buffer.from(JSON.stringify(memory)).toString("base64") }),
          },
        ],
      })),
    ],
    check_results: null,
  });
}

interface ShownModule {
  address?: string;
  resources: unknown[];
  child_modules?: ShownModule[];
}

function shownModules(resources: readonly DeclaredResource[]): ShownModule {
  const shown = (one: DeclaredResource): object => ({
    address: addressOf(one),
    mode: "managed",
    type: one.type ?? DEVICES,
    name: one.name,
    ...(one.index !== undefined && { index: one.index }),
    provider_name: "registry.terraform.io/vsphere-hotplug/hotplug",
    schema_version: 0,
    values: one.values,
    sensitive_values: {},
  });
  const modules = [...new Set(resources.flatMap(({ module }) => module ?? []))];
  return {
    resources: resources.filter(({ module }) => module === undefined).map(shown),
    child_modules: modules.map((address) => ({
      address,
      resources: resources.filter(({ module }) => module === address).map(shown),
    })),
  };
}

/** What `terraform show -json` prints of a state. */
export function shownState(resources: readonly DeclaredResource[]): string {
  return JSON.stringify({
    format_version: "1.0",
    terraform_version: "1.11.4",
    values: { root_module: shownModules(resources) },
  });
}

/** What `terraform show -json` prints of a saved plan; `prior`: what its refresh found. */
export function shownPlan(
  resources: readonly DeclaredResource[],
  { prior = [], drift = [] }: { prior?: readonly DeclaredResource[]; drift?: readonly DeclaredResource[] } = {},
): string {
  return JSON.stringify({
    format_version: "1.2",
    terraform_version: "1.11.4",
    planned_values: { root_module: shownModules(resources) },
    resource_drift: drift.map((one) => ({ address: addressOf(one), change: { before: one.values } })),
    resource_changes: [],
    prior_state: JSON.parse(shownState(prior)) as object,
    configuration: {},
  });
}
