import { servePlugin } from "../../lib/tfplugin6/serve";
import { errorDiagnostic } from "../../lib/tfplugin6/diagnostic";
import { tinyProvider } from "./tiny-provider";

// The tiny provider as a program. A thing called "slow" is applied until somebody stops it; one called "steady" takes
// twenty seconds from then on, and is made all the same. TINY_HASTE makes all its timers go that many times faster.
const haste = Number(process.env["TINY_HASTE"] ?? 1);
const { setTimeout: unhurried } = globalThis;
globalThis.setTimeout = ((work: () => void, ms = 0) => unhurried(work, ms / haste)) as typeof setTimeout;

const quick = tinyProvider().resources["tiny_thing"]!;
const provider = tinyProvider({
  apply: async (request, context) => {
    const name = request.plannedState?.["name"];
    if (name !== "slow" && name !== "steady") return quick.apply(request, context);
    context.log("error", `${name} apply began`);
    await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
    context.log("error", `${name} apply stopped`, { reason: (context.signal.reason as Error).message });
    if (name === "steady") {
      await new Promise((resolve) => setTimeout(resolve, 20_000));
      return quick.apply(request, context);
    }
    return { state: null, diagnostics: [errorDiagnostic("Stopped", "Because it was asked to.")] };
  },
});

void servePlugin(async () => provider, {
  address: "registry.terraform.io/example/tiny",
  redact: (text) => text.replaceAll("hunter2", "(redacted)"),
  firstConnectionLimitSeconds: Number(process.env["TINY_CONNECTION_LIMIT"] ?? 60),
  debug: process.argv.includes("--debug"),
});
process.stdout.write("a greeting that Terraform must not see\n");
globalThis.console.log("and another");
