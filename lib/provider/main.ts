import { takeEnvironment } from "../environment/environment";
import { servePlugin } from "../tfplugin6/serve";
import { hotplugProvider, PROVIDER_ADDRESS } from "./provider";
import { Secrets } from "./secrets";

const environment = takeEnvironment();
const secrets = new Secrets();
secrets.add(environment.VSPHERE_PASSWORD);

void servePlugin(hotplugProvider({ environment, secrets }), {
  address: PROVIDER_ADDRESS,
  redact: secrets.redact,
  debug: process.argv.includes("-debug"),
});
