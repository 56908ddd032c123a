import type { Adopted, AdoptedVirtualMachine } from "./adopted";

/** The stack in TypeScript; each resource names what it is imported from. */
export function typescriptOf({ hosts, virtualMachines, version }: Adopted): string {
  const isImported = (wanted: boolean, name: string): string[] => (wanted ? [name] : []);
  const imports = [
    ...isImported(hosts.length > 0, "Host"),
    "HotplugProvider",
    ...isImported(virtualMachines.length > 0, "PassthroughDevices"),
    ...isImported(
      virtualMachines.some(({ isReady }) => isReady),
      "VirtualMachineSettings",
    ),
  ];
  return [
    `// What was there, as vsphere-hotplug adopt ${version} found it. The first plan imports it, and changes nothing.`,
    "// The calls of importFrom can go once they are deployed.",
    'import { App, TerraformStack } from "cdktf";',
    `import { ${imports.join(", ")} } from "cdktf-vsphere-hotplug";`,
    "",
    "const app = new App();",
    'const stack = new TerraformStack(app, "adopted");',
    'new HotplugProvider(stack, "hotplug");',
    ...hosts.flatMap(({ identifier, id, title, devices, notes }) => [
      "",
      comment(`Host ${title}`),
      ...notes.map(comment),
      `const ${identifier} = new Host(stack, "host_${identifier}", {`,
      `  hostId: ${JSON.stringify(id)},`,
      `  passthroughDevices: ${list(devices)},`,
      "});",
      `${identifier}.importFrom(${JSON.stringify(id)});`,
    ]),
    ...virtualMachines.flatMap(virtualMachineLines),
    "",
    "app.synth();",
    "",
  ].join("\n");
}

function virtualMachineLines({
  identifier,
  id,
  title,
  host,
  devices,
  isReady,
  notes,
}: AdoptedVirtualMachine): string[] {
  const settings = `${identifier}_settings`;
  return [
    "",
    comment(`Virtual machine ${title}`),
    ...notes.map(comment),
    ...(isReady
      ? [
          `const ${settings} = new VirtualMachineSettings(stack, "settings_${identifier}", {`,
          `  virtualMachineId: ${JSON.stringify(id)},`,
          "});",
          `${settings}.importFrom(${JSON.stringify(id)});`,
        ]
      : []),
    `const ${identifier} = new PassthroughDevices(stack, "devices_${identifier}", {`,
    `  virtualMachineId: ${JSON.stringify(id)},`,
    ...(host ? [`  hostId: ${host.identifier}.hostId,`] : []),
    `  devices: ${list(devices)},`,
    ...(isReady ? [`  dependsOn: [${settings}],`] : []),
    "});",
    `${identifier}.importFrom(${JSON.stringify(id)});`,
  ];
}

const comment = (line: string): string => `// ${line}`;

function list(items: readonly string[]): string {
  return items.length === 0 ? "[]" : `[\n${items.map((item) => `    ${JSON.stringify(item)},\n`).join("")}  ]`;
}
