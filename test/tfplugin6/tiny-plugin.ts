import { servePlugin } from "../../lib/tfplugin6/serve";
import { tinyProvider } from "./tiny-provider";

process.stdout.write("a greeting that must not reach Terraform\n".repeat(process.env["TINY_GREETS"] ? 1 : 0));
void servePlugin(tinyProvider(), {
  address: "registry.terraform.io/example/tiny",
  redact: (text) => text.replaceAll("hunter2", "(redacted)"),
  debug: process.argv.includes("--debug"),
});
