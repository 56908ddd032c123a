import { type DisturbanceName, ProcessMatrix } from "./process-matrix";

jest.setTimeout(180_000);

let matrix: ProcessMatrix;
beforeAll(async () => (matrix = await ProcessMatrix.create()));
afterAll(() => matrix.dispose());

test.each<[DisturbanceName, string, number, object]>([
  ["engine killed", "ReconfigVM_Task", 2, { applies: 2, lockLeft: true }],
  ["provider killed", "ReconfigVM_Task", 1, { applies: 2, lockLeft: false }],
  ["vCenter restarted", "WaitForUpdatesEx", 1, { lockLeft: false }],
  ["reset after", "ReconfigVM_Task", 3, { applies: 1, lockLeft: false }],
  ["Ctrl-C twice", "ReconfigVM_Task", 2, { applies: 2 }],
])(
  "%s at %s %i of a change of three calls: applied again, the rest is made and nothing twice",
  async (disturbance, operation, occurrence, expected) => {
    expect(await matrix.run(disturbance, { operation, occurrence })).toMatchObject({ disturbed: true, ...expected });
  },
);
