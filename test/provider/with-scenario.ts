import type { Inventory } from "../../lib/simulator/inventory/inventory";
import { VimClient } from "../../lib/vim/session/client";
import { Scenario } from "./scenario";

/** An embedded vCenter with the provider, and a client that goes past every rule of the product. */
export async function withScenario(
  inventory: Inventory,
  work: (scenario: Scenario, client: VimClient) => Promise<void>,
): Promise<void> {
  const scenario = await Scenario.start({ inventory });
  // Another client than the product's: what it asks for is forbidden, and not the product's doing.
  const client = new VimClient({
    server: scenario.vcenter.server,
    user: "user",
    password: "password",
    ca: scenario.vcenter.caPem,
    apiTimeoutSeconds: 30,
    userAgent: "rules-agree",
  });
  try {
    await work(scenario, client);
  } finally {
    await client.close();
    await scenario.stop();
  }
}
