import { takeEnvironment } from "../environment/environment";
import { servePlugin } from "../tfplugin6/serve";
import { hotplugProvider, PROVIDER_ADDRESS } from "./provider";
import { Secrets } from "../secrets";

const environment = takeEnvironment();
const secrets = new Secrets(environment.VSPHERE_PASSWORD);

void servePlugin(hotplugProvider({ environment, secrets }), {
  address: PROVIDER_ADDRESS,
  redact: secrets.clean,
  debug: process.argv.includes("-debug"),
});
