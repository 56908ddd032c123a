import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatTranscript, parseTranscript, play } from "./transcript";

const folder = join(__dirname, "testdata");

/** With HOTPLUG_REWRITE=1 the transcripts are written anew: read the difference before you commit it. */
const REWRITE = process.env.HOTPLUG_REWRITE === "1";

describe.each(readdirSync(folder).map((file) => file.replace(/\.txt$/, "")))("The executor, transcript %s:", (file) => {
  const path = join(folder, `${file}.txt`);
  const cases = parseTranscript(readFileSync(path, "utf8"));

  test.each(cases.map((one) => [one.name, one] as const))("%s", async (_name, { setup, expected }) => {
    const actual = await play(setup);
    if (!REWRITE) expect(actual).toBe(expected);
  });

  afterAll(async () => {
    if (REWRITE)
      writeFileSync(
        path,
        formatTranscript(await Promise.all(cases.map(async (one) => ({ ...one, actual: await play(one.setup) })))),
      );
  });
});
