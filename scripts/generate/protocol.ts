import { join } from "node:path";
import { ROOT, command, run } from "../run";

/**
 * Writes the TypeScript of lib/tfplugin6/proto into a folder: buf compiles, protoc-gen-es writes. Needs no network.
 */
export function generateProtocol(outputFolder = join(ROOT, "lib/tfplugin6/generated")): void {
  const template = {
    version: "v2",
    plugins: [{ local: command("protoc-gen-es"), out: outputFolder, opt: ["target=ts"] }],
  };
  run(command("buf"), ["generate", "lib/tfplugin6/proto", "--template", JSON.stringify(template)]);
}
