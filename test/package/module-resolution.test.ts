/** What tsc finds of the package as it was built. */
import { OwnProject } from "./own-project";

let project: OwnProject;
beforeEach(() => (project = new OwnProject()));
afterEach(() => project.dispose());

const IMPORTS = `
  import { HotplugProvider } from "cdktf-vsphere-hotplug";
  import { EmbeddedVcenter } from "cdktf-vsphere-hotplug/testing";
  // The control: what the package doesn't offer is missed.
  // @ts-expect-error
  export type { Nothing } from "cdktf-vsphere-hotplug/nothing";
  export const all: [typeof HotplugProvider, Promise<EmbeddedVcenter>] = [HotplugProvider, EmbeddedVcenter.start()];
`;

test.each<[string, object]>([
  ["as cdktf init sets it", {}],
  ["node", { module: "commonjs", moduleResolution: "node" }],
  ["node10", { module: "commonjs", moduleResolution: "node10" }],
  ["node16", { module: "node16", moduleResolution: "node16" }],
  ["nodenext", { module: "nodenext", moduleResolution: "nodenext" }],
  ["bundler", { module: "es2022", moduleResolution: "bundler" }],
  ["node10, and the declarations themselves are checked", { skipLibCheck: false, lib: ["es2022"], types: ["node"] }],
])(
  "moduleResolution %s finds the constructs and what is for tests",
  (_name, options) => {
    expect(project.compile(IMPORTS, options)).toBe("");
  },
  60_000,
);
