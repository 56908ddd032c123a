import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { directoryHash } from "../../lib/install/directory-hash";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "hotplug-hash-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();

test("files in folders count by their path, in the order of its bytes", () => {
  mkdirSync(join(folder, "a"));
  const inOrder = ["B", "a-b", "a/b", "a/z", "a0", "é"];
  for (const name of [...inOrder].reverse()) writeFileSync(join(folder, name), `content of ${name}`);
  const lines = inOrder.map((name) => `${sha256(`content of ${name}`).toString("hex")}  ${name}\n`);
  expect(directoryHash(folder)).toBe(`h1:${sha256(lines.join("")).toString("base64")}`);
});
