import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { type Distribution, MANIFEST, NODE_PACKAGE } from "../../lib/install/distribution";
import packageJson from "../../package.json";
import { DIST } from "../build/directory";
import { ROOT, run } from "../run";
import { TARGETS } from "./executables";

const { version, license, engines } = packageJson;
const COMMON = { version, license, engines, preferUnplugged: true };
const EVERY_VERSION: Record<string, string> = { ...packageJson.dependencies, ...packageJson.peerDependencies };
const PAGES = ["README.md", "CHANGELOG.md", "SECURITY.md", "CONTRIBUTING.md", "docs", "examples"];

/** What the constructs work with, whichever of its two forks. */
const PEERS = packageJson.peerDependencies;

interface Places {
  aside: string;
  destination: string;
}

/** Packs what npm is to have, and returns the names of the tarballs. */
export function packNpmPackages(provider: Distribution, { aside, destination }: Places): string[] {
  const executables = TARGETS.filter(({ npmPackage }) =>
    Object.values(provider.platforms).some((shipped) => shipped.npmPackage === npmPackage),
  );
  const packed = (folder: string): string =>
    run("npm", ["pack", "--silent", `--pack-destination=${destination}`], { directory: folder }).trim();
  return [
    packed(stageCommand(join(aside, "vsphere-hotplug"), provider)),
    packed(stageConstructs(join(aside, "cdktf-vsphere-hotplug"))),
    ...executables.map(({ platform, npmPackage, machine }) => {
      const folder = begin(join(aside, npmPackage), {
        name: npmPackage,
        description: `The Terraform provider vsphere-hotplug/hotplug for ${platform}; vsphere-hotplug installs it`,
        ...machine,
      });
      cpSync(join(provider.directory, platform), join(folder, platform), { recursive: true });
      return packed(folder);
    }),
  ];
}

const COMMAND_README = `# vsphere-hotplug

Hot-add and hot-remove of NVMe passthrough devices on vSphere 8.0 U1 and later: the command, an embedded vCenter to try
and test it without hardware, and the provider for Terraform and OpenTofu. For stacks in CDKTF there is
cdktf-vsphere-hotplug, whose pages (README.md, docs) are about all of it.

    npx vsphere-hotplug simulate        # an embedded vCenter; prints the variables that point to it
    npx vsphere-hotplug install DIR     # lays the provider beside a configuration in HCL
    npx vsphere-hotplug doctor          # is it ready? hosts and virtual machines, rule by rule
    npx vsphere-hotplug --help
`;

/** The command, the embedded vCenter and the provider as a script; nothing of CDKTF. */
function stageCommand(folder: string, provider: Distribution): string {
  const { files, packages } = reachedFrom(["cli/vsphere-hotplug", "testing"]);
  const executables = Object.values(provider.platforms).flatMap(({ npmPackage }) => npmPackage ?? []);
  begin(folder, {
    name: "vsphere-hotplug",
    description: "NVMe hot plug on vSphere: readiness, devices, an embedded vCenter, a provider for Terraform",
    bin: { "vsphere-hotplug": "dist/lib/cli/vsphere-hotplug.js" },
    ...entries({ "./testing": "testing" }),
    dependencies: versionsOf(packages),
    optionalDependencies: Object.fromEntries(executables.map((name) => [name, version])),
  });
  lay(folder, files);
  writeFileSync(join(folder, "README.md"), COMMAND_README);
  cpSync(join(provider.directory, NODE_PACKAGE), join(folder, "dist/provider", NODE_PACKAGE), { recursive: true });
  const { directory: _, ...manifest } = provider;
  writeFileSync(join(folder, "dist/provider", MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  return folder;
}

/** The constructs; what is for tests comes from the package beside it. */
function stageConstructs(folder: string): string {
  const { files, packages } = reachedFrom(["index"]);
  const peers = Object.keys(PEERS);
  begin(folder, {
    name: packageJson.name,
    description: packageJson.description,
    main: packageJson.main,
    types: packageJson.types,
    ...entries({ ".": "index", "./testing": "testing" }),
    dependencies: { ...versionsOf(packages.filter((name) => !peers.includes(name))), "vsphere-hotplug": version },
    peerDependencies: PEERS,
  });
  lay(folder, files);
  for (const page of PAGES) cpSync(join(ROOT, page), join(folder, page), { recursive: true });
  const testing = join(folder, "dist/lib/testing");
  writeFileSync(`${testing}.js`, '"use strict";\nmodule.exports = require("vsphere-hotplug/testing");\n');
  writeFileSync(`${testing}.d.ts`, 'export * from "vsphere-hotplug/testing";\n');
  return folder;
}

/** A folder with package.json and the licence. */
function begin(folder: string, manifest: Record<string, unknown> & { name: string }): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), `${JSON.stringify({ ...manifest, ...COMMON }, null, 2)}\n`);
  cpSync(join(ROOT, "LICENSE"), join(folder, "LICENSE"));
  return folder;
}

/** `exports`, and the same for moduleResolution node10, which doesn't read it. */
function entries(modules: Record<string, string>): object {
  const below = Object.entries(modules).filter(([name]) => name !== ".");
  return {
    exports: {
      ...Object.fromEntries(
        Object.entries(modules).map(([name, module]) => [
          name,
          { types: `./dist/lib/${module}.d.ts`, default: `./dist/lib/${module}.js` },
        ]),
      ),
      "./package.json": "./package.json",
    },
    typesVersions: {
      "*": Object.fromEntries(below.map(([name, module]) => [name.slice(2), [`./dist/lib/${module}.d.ts`]])),
    },
  };
}

/** The library reads its version beside its folder. */
function lay(folder: string, files: readonly string[]): void {
  for (const file of files) cpSync(join(DIST, "lib", file), join(folder, "dist/lib", file));
  writeFileSync(join(folder, "dist/package.json"), `${JSON.stringify({ version })}\n`);
}

/** In JavaScript and in declarations; what a string or a comment holds begins no line with import or export. */
const IMPORTS =
  /(?:\brequire(?:\.resolve)?|\bimport)\(\s*["']([^"']+)["']\s*\)|^(?:import|export) .*from ["']([^"']+)["']/gm;

/** The files of dist/lib that are reached from some of them, with declarations and maps, and the packages they name. */
function reachedFrom(modules: readonly string[]): { files: string[]; packages: string[] } {
  const library = join(DIST, "lib");
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (stem: string): void => {
    for (const file of [`${stem}.js`, `${stem}.d.ts`]) {
      if (files.has(file) || !existsSync(file)) continue;
      files.add(file);
      if (existsSync(`${file}.map`)) files.add(`${file}.map`);
      for (const [, called, from] of readFileSync(file, "utf8").matchAll(IMPORTS)) {
        const name = (called ?? from)!;
        if (name.startsWith(".")) visit(resolve(dirname(file), name).replace(/\.js$/, ""));
        else if (!name.startsWith("node:")) packages.add(/^(@[^/]+\/)?[^/]+/.exec(name)![0]);
      }
    }
  };
  for (const module of modules) visit(join(library, module));
  return { files: [...files].map((file) => relative(library, file)).sort(), packages: [...packages].sort() };
}

function versionsOf(packages: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    packages.map((name) => {
      const wanted = EVERY_VERSION[name];
      if (!wanted) throw new Error(`What ships imports ${name}, which is no dependency in package.json.`);
      return [name, wanted];
    }),
  );
}
