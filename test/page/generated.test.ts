import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generatePage } from "../../scripts/generate/page";

test("the committed page is what the generator makes of its sources", () => {
  const folder = mkdtempSync(join(tmpdir(), "page-"));
  try {
    generatePage(join(folder, "assets.ts"));
    const committed = join(__dirname, "../../lib/page/generated/assets.ts");
    expect(readFileSync(committed, "utf8")).toBe(readFileSync(join(folder, "assets.ts"), "utf8"));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
