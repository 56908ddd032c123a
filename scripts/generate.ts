/** `npm run generate`: what is generated from our own sources and committed: protocol types, CDKTF bindings, the page of the rules. */
import { hotplugProvider } from "../lib/provider/provider";
import { writeBindings } from "./generate-bindings";
import { generateProtocol } from "./generate-protocol";
import { writeRulesPage } from "./generate-rules";

async function main(): Promise<void> {
  generateProtocol();
  writeRulesPage();
  await writeBindings(hotplugProvider({ environment: {} }));
}

void main();
