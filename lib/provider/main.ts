import { servePlugin } from "../tfplugin6/serve";
import { hotplugProvider, PROVIDER_ADDRESS } from "./provider";
import { Secrets } from "./secrets";

const secrets = new Secrets();
secrets.add(process.env.VSPHERE_PASSWORD);

void servePlugin(hotplugProvider({ environment: process.env, secrets }), {
  address: PROVIDER_ADDRESS,
  redact: secrets.redact,
  debug: process.argv.includes("-debug"),
});
