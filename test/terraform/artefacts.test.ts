import { startTestVcenter, type TestVcenter } from "../support/vcenter";
import { TerraformWorkspace } from "../support/terraform";

const HCL = (devices: string[]): string => `
terraform {
  required_providers {
    hotplug = { source = "vsphere-hotplug/hotplug" }
  }
}

resource "hotplug_passthrough_devices" "db" {
  virtual_machine_id = "vm-42"
  devices            = ${JSON.stringify(devices)}
}
`;

let lab: TestVcenter;
beforeAll(async () => {
  lab = await startTestVcenter();
});
afterAll(() => lab.stop());

test.each(["native", "node"] as const)(
  "the %s package serves a configuration in HCL from init to destroy",
  async (artefact) => {
    const terraform = await TerraformWorkspace.create({
      artefact,
      environment: lab.environment,
      files: { "main.tf": HCL(["0000:3b:00.0", "0000:5e:00.0"]) },
    });
    try {
      await terraform.init();
      const { changes } = await terraform.plan();
      expect(changes[0]?.change.after?.["steps"]).toEqual(["add 0000:3b:00.0", "add 0000:5e:00.0"]);
      await terraform.apply({ saved: true });
      expect(await terraform.state()).toMatchObject({
        "hotplug_passthrough_devices.db": {
          attached: {
            "0000:3b:00.0": { vendor_id: "8086", device_id: "0a54" },
            "0000:5e:00.0": { vendor_id: "144d", device_id: "a824" },
          },
        },
      });
      expect((await terraform.plan()).changed).toBe(false);
      await terraform.destroy();
      expect(await terraform.state()).toEqual({});
    } finally {
      await terraform.dispose();
    }
  },
  120_000,
);
