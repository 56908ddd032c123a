/** `npm run generate`: what is generated from our own sources and committed: protocol types, CDKTF bindings. */
import { hotplugProvider } from "../lib/provider/provider";
import { writeBindings } from "./generate-bindings";
import { generateProtocol } from "./generate-protocol";

async function main(): Promise<void> {
  generateProtocol();
  await writeBindings(hotplugProvider({ environment: {} }));
}

void main();
