import { execFileSync } from "node:child_process";
import { join } from "node:path";

const root = join(__dirname, "..");
const bin = join(root, "node_modules", ".bin");

/**
 * Writes the TypeScript of lib/tfplugin6/*.proto into a folder: buf compiles, protoc-gen-es writes. Needs no network.
 */
export function generateProtocol(outputFolder = join(root, "lib", "tfplugin6", "generated")): void {
  const template = {
    version: "v2",
    plugins: [{ local: join(bin, "protoc-gen-es"), out: outputFolder, opt: ["target=ts"] }],
  };
  execFileSync(join(bin, "buf"), ["generate", join("lib", "tfplugin6"), "--template", JSON.stringify(template)], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
}

if (require.main === module) generateProtocol();
