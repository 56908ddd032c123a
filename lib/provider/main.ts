import { takeEnvironment } from "../environment/environment";
import { servePlugin } from "../tfplugin6/serve";
import { PROVIDER_ADDRESS } from "./address";
import { Secrets } from "../secrets";

const environment = takeEnvironment();
const secrets = new Secrets(environment.VSPHERE_PASSWORD);

const load = async () => (await import("./provider.js")).hotplugProvider({ environment, secrets });

void servePlugin(load, {
  address: PROVIDER_ADDRESS,
  redact: secrets.clean,
  debug: process.argv.includes("-debug"),
});
