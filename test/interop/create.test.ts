import { startRecordedVcenter, type RecordedVcenter } from "./support/recorded-vcenter";
import { runSteps, type Step } from "./support/steps";
import { toolbox, versions } from "./support/toolbox";

describe(`${versions.pyvmomi}, unchanged, makes a virtual machine from a specification of its own`, () => {
  let vcenter: RecordedVcenter;
  let steps: ReadonlyMap<string, Step>;

  beforeAll(async () => {
    vcenter = await startRecordedVcenter();
    steps = await runSteps([toolbox.python, "-B", toolbox.script("create.py"), vcenter.url, vcenter.caFile]);
  }, 120_000);

  afterAll(() => vcenter.stop());

  test.each<[string, unknown]>([
    [
      "create",
      [
        [1000, "SCSI controller 0"],
        [2000, "Hard disk 1"],
        [4000, "Network adapter 1"],
        [15000, "SATA controller 0"],
        [16000, "CD/DVD drive 1"],
      ],
    ],
    ["clone", ["copy", "poweredOn", 500]],
    ["read everything", []],
    ["environment browser", [true, 9]],
  ])("%s", (step, value) => {
    expect(steps.get(step)).toEqual({ value });
  });
});
