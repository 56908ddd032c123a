/** Under which terms all of this goes to others. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import texts from "spdx-license-list/full";
import packageJson from "../../package.json";

test("the licence is MPL-2.0, word for word", () => {
  expect(packageJson.license).toBe("MPL-2.0");
  const ours = readFileSync(join(__dirname, "../../LICENSE"), "utf8");
  expect(ours.trim()).toBe(texts["MPL-2.0"]!.licenseText.trim());
});
