/**
 * `npm run generate`: what is generated from our own sources and committed: protocol types, CDKTF bindings, the pages
 * of rules, of privileges and of the provider as a registry shows it, and what `simulate` and `watch --web` serve to
 * browsers.
 */
import { hotplugProvider } from "../lib/provider/provider";
import { writeBindings } from "./generate/bindings";
import { writePrivilegesPage } from "./generate/privileges";
import { generatePage } from "./generate/page";
import { generateProtocol } from "./generate/protocol";
import { writeRegistryPages } from "./generate/registry-pages";
import { writeRulesPage } from "./generate/rules";
import { script } from "./script";

script(async () => {
  generateProtocol();
  writeRulesPage();
  writePrivilegesPage();
  generatePage();
  const provider = hotplugProvider({ environment: {} });
  writeRegistryPages(provider);
  await writeBindings(provider);
});
