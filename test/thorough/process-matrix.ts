import { type Cell, DISTURBANCES, type DisturbanceName, ProcessMatrix } from "../terraform/process-matrix";

/** Cells wait more than they work: for processes, and for vCenter to show what became of a call whose answer was lost. */
const LANES = 3;

/** Disturbs each request of the change in every way, prints what came of it, and gives back what it printed. */
export async function runProcessMatrix(engine: { path: string; title: string }): Promise<Map<DisturbanceName, Cell[]>> {
  const names = Object.keys(DISTURBANCES) as DisturbanceName[];
  const rows = new Map<DisturbanceName, Cell[]>();
  const waiting = [...names];
  const lane = async (): Promise<void> => {
    const matrix = await ProcessMatrix.create({ engine: engine.path });
    try {
      for (let name = waiting.shift(); name; name = waiting.shift()) rows.set(name, await matrix.everyRequest(name));
    } finally {
      await matrix.dispose();
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  process.stderr.write(table(engine.title, new Map(names.map((name) => [name, rows.get(name)!]))));
  return rows;
}

function table(title: string, rows: ReadonlyMap<string, readonly Cell[]>): string {
  const names = [...rows.keys()];
  const requests = Math.max(...[...rows.values()].map(({ length }) => length));
  const lines = Array.from({ length: requests }, (_, index) => {
    const cells = names.map((name) => rows.get(name)![index]);
    const operations = [...new Set(cells.flatMap((cell) => cell?.operation ?? []))];
    const applies = names.map((name, column) => `${cells[column] ? `${cells[column].applies}${cells[column].lockLeft ? " lock" : ""}` : "-"}`.padEnd(name.length));
    return `${String(index + 1).padStart(2)}  ${applies.join("  ")}  ${operations.join(", ")}\n`;
  });
  return `${title}: applies until the three calls were made, "lock" where one was left to be released; by the request that was disturbed\n    ${names.join("  ")}\n${lines.join("")}`;
}
