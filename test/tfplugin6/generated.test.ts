import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateProtocol } from "../../scripts/generate/protocol";

const COMMITTED = join(__dirname, "../../lib/tfplugin6/generated");
const filesIn = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));

it("the committed protocol types are what the generator makes of the .proto files", () => {
  const folder = mkdtempSync(join(tmpdir(), "protocol-"));
  try {
    generateProtocol(folder);
    expect(Object.keys(filesIn(folder))).toEqual(["tfplugin6_pb.ts"]);
    expect(filesIn(folder)).toEqual(filesIn(COMMITTED));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
