import type { Adopted } from "./adopted";

/** The configuration in HCL, with a block for each import. */
export function hclOf({ hosts, virtualMachines, version }: Adopted): string {
  return [
    `# What was there, as vsphere-hotplug adopt ${version} found it. The first plan imports it, and changes nothing.`,
    "# The imports can go once they are applied.",
    "",
    "terraform {",
    "  required_providers {",
    "    hotplug = {",
    '      source = "vsphere-hotplug/hotplug"',
    "    }",
    "  }",
    "}",
    ...hosts.flatMap(({ identifier, id, title, devices, notes }) => [
      "",
      comment(`Host ${title}`),
      ...notes.map(comment),
      ...resource("hotplug_host", identifier, id, [
        ...argumentLines({ host_id: text(id), passthrough_devices: list(devices) }),
      ]),
    ]),
    ...virtualMachines.flatMap(({ identifier, id, title, host, devices, isReady, notes }) => [
      "",
      comment(`Virtual machine ${title}`),
      ...notes.map(comment),
      ...(isReady
        ? [...resource("hotplug_virtual_machine_settings", identifier, id, [`  virtual_machine_id = ${text(id)}`]), ""]
        : []),
      ...resource("hotplug_passthrough_devices", identifier, id, [
        ...argumentLines({
          virtual_machine_id: text(id),
          ...(host && { host_id: `hotplug_host.${host.identifier}.host_id` }),
          devices: list(devices),
        }),
        ...(isReady ? ["", `  depends_on = [hotplug_virtual_machine_settings.${identifier}]`] : []),
      ]),
    ]),
    "",
  ].join("\n");
}

function resource(type: string, identifier: string, id: string, body: readonly string[]): string[] {
  return [
    "import {",
    `  to = ${type}.${identifier}`,
    `  id = ${text(id)}`,
    "}",
    "",
    `resource "${type}" "${identifier}" {`,
    ...body,
    "}",
  ];
}

/** As terraform fmt lays them: what takes a line each is aligned, what takes several isn't. */
function argumentLines(values: Record<string, string>): string[] {
  const width = Math.max(
    ...Object.entries(values)
      .filter(([, value]) => !value.includes("\n"))
      .map(([name]) => name.length),
  );
  return Object.entries(values).map(
    ([name, value]) => `  ${value.includes("\n") ? name : name.padEnd(width)} = ${value}`,
  );
}

const comment = (line: string): string => `# ${line}`;

/** Ids and addresses of vCenter: nothing in them that HCL would take for an expression. */
const text = (value: string): string => JSON.stringify(value).replace(/([$%])\{/g, "$1$1{");

function list(items: readonly string[]): string {
  return items.length === 0 ? "[]" : `[\n${items.map((item) => `    ${text(item)},\n`).join("")}  ]`;
}
