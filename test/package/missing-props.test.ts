/** What tsc says where a prop is missing. */
import { OwnProject } from "./own-project";

let project: OwnProject;
beforeEach(() => (project = new OwnProject()));
afterEach(() => project.dispose());

test("tsc names the one prop that is missing, and nothing else", () => {
  const program = `
    import { HotplugReadyVm, PassthroughHost } from "cdktf-vsphere-hotplug";
    import { Construct } from "constructs";
    declare const scope: Construct;
    declare const host: PassthroughHost;
    const virtualMachine = { name: "db", resourcePoolId: "resgroup-8" };
    new HotplugReadyVm(scope, "a", { devices: [], virtualMachine });
    new HotplugReadyVm(scope, "b", { host, virtualMachine });
    new HotplugReadyVm(scope, "c", { host, devices: [] });
    HotplugReadyVm.fromVirtualMachineId(scope, "d", { devices: [] });
    new HotplugReadyVm(scope, "e", { host, devices: [], virtualMachine });
  `;
  const said = project.compile(program);
  const missing = [...said.matchAll(/Property '(\w+)' is missing in type .* but required in type '(\w+)'/g)];
  expect(missing.map(([, prop, props]) => [prop, props])).toEqual([
    ["host", "HotplugReadyVmProps"],
    ["devices", "HotplugReadyVmProps"],
    ["virtualMachine", "HotplugReadyVmProps"],
    ["virtualMachineId", "ExistingVirtualMachineProps"],
  ]);
  expect(said.match(/error TS/g)).toHaveLength(missing.length);
}, 60_000);
