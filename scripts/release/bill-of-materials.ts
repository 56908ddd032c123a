import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../../package.json";
import { bundleProvider } from "../build/provider";
import { ROOT, run } from "../run";

/** Two documents in CycloneDX: of the provider by what is in its bundle, of the npm packages by the lock file. */
export function writeBillsOfMaterials(folder: string): string[] {
  const documents = {
    [`terraform-provider-hotplug_${packageJson.version}.cdx.json`]: provider(),
    [`npm_${packageJson.version}.cdx.json`]: npmPackages(),
  };
  for (const [name, text] of Object.entries(documents)) writeFileSync(join(folder, name), text);
  return Object.keys(documents);
}

function provider(): string {
  const components = [...bundleProvider().packages.map(({ directory }) => directory), "node_modules/bun"].map(
    componentOf,
  );
  return `${JSON.stringify(
    {
      bomFormat: "CycloneDX",
      specVersion: "1.5",
      version: 1,
      metadata: {
        component: { ...componentOf("."), type: "application", name: "terraform-provider-hotplug", purl: undefined },
      },
      components,
    },
    null,
    2,
  )}\n`;
}

function componentOf(directory: string): object {
  const { name, version, license } = JSON.parse(readFileSync(join(ROOT, directory, "package.json"), "utf8")) as Record<
    string,
    string
  >;
  return {
    type: "library",
    name,
    version,
    purl: `pkg:npm/${name!.replace("@", "%40")}@${version}`,
    ...(license && { licenses: [/ (AND|OR) /.test(license) ? { expression: license } : { license: { id: license } }] }),
  };
}

function npmPackages(): string {
  return run("npm", ["sbom", "--package-lock-only", "--omit=dev", "--omit=peer", "--sbom-format=cyclonedx"]);
}
