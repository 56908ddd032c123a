import { servePlugin } from "../../lib/tfplugin6/serve";
import { errorDiagnostic } from "../../lib/tfplugin6/diagnostic";
import { tinyProvider } from "./tiny-provider";

// The tiny provider as a program. A thing called "slow" is applied until somebody stops it.
const quick = tinyProvider().resources["tiny_thing"]!;
const provider = tinyProvider({
  apply: async (request, context) => {
    if (request.plannedState?.["name"] !== "slow") return quick.apply(request, context);
    context.log("error", "slow apply began");
    await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
    context.log("error", "slow apply stopped", { reason: (context.signal.reason as Error).message });
    return { state: null, diagnostics: [errorDiagnostic("Stopped", "Because it was asked to.")] };
  },
});

void servePlugin(provider, {
  address: "registry.terraform.io/example/tiny",
  redact: (text) => text.replaceAll("hunter2", "(redacted)"),
  firstConnectionLimitSeconds: Number(process.env["TINY_CONNECTION_LIMIT"] ?? 60),
  debug: process.argv.includes("--debug"),
});
process.stdout.write("a greeting that Terraform must not see\n");
globalThis.console.log("and another");
