import type { Log } from "./log";
import type { PluginServer } from "./plugin-server";
import type { Provider } from "./provider";
import type { ProviderService } from "./provider-service";

const STEP_LIMIT_MS = 5_000;

/** Asks the calls under way to stop, then lets the provider log out, then closes; each step has five seconds. */
export async function endInOrder({
  provider,
  service,
  server,
  log,
}: {
  provider: Provider;
  service: ProviderService;
  server: PluginServer;
  log: Log;
}): Promise<void> {
  service.stop("the provider is ending");
  for (const step of [() => service.idle(), async () => provider.close?.(), () => server.close()]) {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>(
      (_, reject) => (timer = setTimeout(() => reject(new Error("it took too long")), STEP_LIMIT_MS)),
    );
    await Promise.race([step(), limit]).catch((error: unknown) =>
      log("warn", "the provider did not end cleanly", { why: String(error) }),
    );
    clearTimeout(timer);
  }
}
