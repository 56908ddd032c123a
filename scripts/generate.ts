/**
 * `npm run generate`: what is generated from our own sources and committed: protocol types, CDKTF bindings, the pages
 * of rules and privileges.
 */
import { hotplugProvider } from "../lib/provider/provider";
import { writeBindings } from "./generate/bindings";
import { writePrivilegesPage } from "./generate/privileges";
import { generateProtocol } from "./generate/protocol";
import { writeRulesPage } from "./generate/rules";
import { script } from "./script";

script(async () => {
  generateProtocol();
  writeRulesPage();
  writePrivilegesPage();
  await writeBindings(hotplugProvider({ environment: {} }));
});
