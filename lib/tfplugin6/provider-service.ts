import { create, fromBinary, toBinary, type DescMethod, type DescMessage, type Message } from "@bufbuild/protobuf";
import { failureDiagnostic, RequestError } from "./failure";
import { Provider as ProviderMessages } from "./generated/tfplugin6_pb";
import { handlers } from "./handlers";
import { diagnosticMessage } from "./messages";
import type { OperationContext, Provider } from "./provider";

export interface ProviderServiceOptions {
  /** Takes secrets out of the text of an error that nobody expected. Diagnostics are the provider's own sentences. */
  redact?: (text: string) => string;
  log?: OperationContext["log"];
}

/** A provider as bytes in, bytes out: the protocol's service without its transport. */
export interface ProviderService {
  /** Paths of its methods, as gRPC writes them. */
  paths: ReadonlySet<string>;
  /** Never rejects: what goes wrong is a diagnostic in the response. */
  call(path: string, request: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>;
  /** Aborts every call that is under way. Calls that begin later are not touched. */
  stop(reason?: string): void;
  /** Resolves when no call is under way. */
  idle(): Promise<void>;
}

export function providerService(
  provider: Provider,
  { redact = (text) => text, log = () => {} }: ProviderServiceOptions = {},
): ProviderService {
  const running = new Map<AbortController, Promise<unknown>>();
  const stop = (reason = "Terraform asked the provider to stop"): void =>
    running.forEach((_, controller) => controller.abort(new Error(reason)));
  const handle = handlers(provider, { stop });
  const methods = new Map<string, DescMethod>(
    ProviderMessages.methods.map((method) => [`/${ProviderMessages.typeName}/${method.name}`, method]),
  );

  async function answer(method: DescMethod, bytes: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const startedAt = performance.now();
    let request: (Message & { typeName?: string }) | undefined;
    try {
      request = decodeRequest(method.input, bytes);
      const respond = handle[method.localName as keyof typeof handle] as (
        request: unknown,
        context: OperationContext,
      ) => Promise<Record<string, unknown>>;
      const response = await respond(request, { signal, log });
      log("trace", "answered", {
        rpc: method.name,
        type: request.typeName,
        milliseconds: Math.round(performance.now() - startedAt),
      });
      return toBinary(method.output, create(method.output, response));
    } catch (error) {
      log("error", "call failed", {
        rpc: method.name,
        type: request?.typeName,
        stack: error instanceof Error ? error.stack : String(error),
      });
      // No state goes with it: of an apply that ends so Terraform keeps the state from before.
      const failure = failureDiagnostic(error, { rpc: method.name, typeName: request?.typeName, signal, redact });
      const response: Record<string, unknown> =
        "diagnostics" in method.output.field
          ? { diagnostics: [diagnosticMessage(failure, undefined)] }
          : { error: failure.detail };
      return toBinary(method.output, create(method.output, response));
    }
  }

  return {
    paths: new Set(methods.keys()),
    stop,
    async idle() {
      while (running.size > 0) await Promise.all(running.values());
    },
    call(path, bytes, signal) {
      const method = methods.get(path);
      if (method === undefined) throw new RangeError(`no method ${path}`);
      const controller = new AbortController();
      const abort = (): void => controller.abort(signal?.reason);
      if (signal?.aborted) abort();
      signal?.addEventListener("abort", abort, { once: true });
      const answered = answer(method, bytes, controller.signal).finally(() => {
        signal?.removeEventListener("abort", abort);
        running.delete(controller);
      });
      running.set(controller, answered);
      return answered;
    },
  };
}

function decodeRequest(input: DescMessage, bytes: Uint8Array): Message {
  try {
    return fromBinary(input, bytes);
  } catch (error) {
    throw new RequestError(`the message is damaged (${(error as Error).message})`, { cause: error });
  }
}
