/**
 * `npm run generate`: what is generated from our own sources and committed: protocol types, CDKTF bindings, the pages
 * of rules and privileges, and what `simulate` and `watch --web` serve to browsers.
 */
import { hotplugProvider } from "../lib/provider/provider";
import { writeBindings } from "./generate/bindings";
import { writePrivilegesPage } from "./generate/privileges";
import { generatePage } from "./generate/page";
import { generateProtocol } from "./generate/protocol";
import { writeRulesPage } from "./generate/rules";
import { script } from "./script";

script(async () => {
  generateProtocol();
  writeRulesPage();
  writePrivilegesPage();
  generatePage();
  await writeBindings(hotplugProvider({ environment: {} }));
});
