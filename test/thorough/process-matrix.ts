import { type Cell, DISTURBANCES, type DisturbanceName, type Moment, ProcessMatrix } from "../terraform/process-matrix";

/**
 * Cells wait more than they work: for processes, and for vCenter to show what became of a call whose answer was lost.
 */
const LANES = 3;

/** What came of each request's disturbance, by the request. */
export type MatrixRow = Moment & { cells: ReadonlyMap<DisturbanceName, Cell> };

/** Disturbs each request of the change in every way, prints what came of it, and gives back what it printed. */
export async function runProcessMatrix(engine: { path: string; title: string }): Promise<MatrixRow[]> {
  const names = Object.keys(DISTURBANCES) as DisturbanceName[];
  const matrices = await Promise.all(
    Array.from({ length: LANES }, () => ProcessMatrix.create({ engine: engine.path })),
  );
  try {
    const rows = (await matrices[0]!.requests()).map((moment) => ({
      ...moment,
      cells: new Map<DisturbanceName, Cell>(),
    }));
    const waiting = rows.flatMap((row) => names.map((name) => ({ row, name })));
    const lane = async (matrix: ProcessMatrix): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift())
        next.row.cells.set(next.name, await matrix.run(next.name, next.row));
    };
    await Promise.all(matrices.map(lane));
    process.stderr.write(table(engine.title, names, rows));
    return rows;
  } finally {
    await Promise.all(matrices.map((matrix) => matrix.dispose()));
  }
}

function table(title: string, names: readonly DisturbanceName[], rows: readonly MatrixRow[]): string {
  const requests = rows.map(({ operation, occurrence }) => `${operation} ${occurrence}`);
  const width = Math.max(...requests.map(({ length }) => length));
  const lines = rows.map(({ cells }, index) => {
    const applies = names.map((name) => outcome(cells.get(name)!).padEnd(name.length));
    return `${requests[index]!.padEnd(width)}  ${applies.join("  ")}`.trimEnd();
  });
  return (
    `${title}: applies until the three calls were made, "lock" where one was left to be released, "-" where the ` +
    `request didn't come; by the request that was disturbed\n${" ".repeat(width)}  ` +
    `${names.join("  ")}\n${lines.join("\n")}\n`
  );
}

const outcome = ({ disturbed, applies, lockLeft }: Cell): string =>
  disturbed ? `${applies}${lockLeft ? " lock" : ""}` : "-";
