import {
  create,
  fromBinary,
  toBinary,
  type DescMessage,
  type DescMethod,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import { errorDiagnostic, hasError, type Diagnostic } from "../../lib/tfplugin6/diagnostic";
import { Provider as Protocol } from "../../lib/tfplugin6/generated/tfplugin6_pb";
import type { Provider } from "../../lib/tfplugin6/provider";
import type { ProviderServiceOptions } from "../../lib/tfplugin6/provider-service";
import type { Schema } from "../../lib/tfplugin6/schema";
import { containsUnknown, type ObjectValue, type Value } from "../../lib/tfplugin6/value";
import { objectType, type ObjectType } from "../../lib/tfplugin6/value-type";
import { canonical, completionProblems, planProblems, proposedNewState } from "./core-rules";
import { diagnosticsOf, normalized, packed, pathOf, schemaOf, stateJson, unpacked } from "./plugin-codec";
import { inProcessTransport, startPlugin, type PluginTransport } from "./plugin-transport";

/** An object in the state: its attributes, the provider's own bytes, and whether it has to be replaced. */
export interface State {
  type: string;
  value: ObjectValue;
  private: Uint8Array;
  tainted: boolean;
}

export interface Plan {
  type: string;
  action: "no-op" | "create" | "update" | "replace" | "delete";
  prior: State | null;
  config: ObjectValue | null;
  planned: ObjectValue | null;
  private: Uint8Array;
  requiresReplace: (string | number)[][];
  diagnostics: Diagnostic[];
}

export interface Outcome {
  state: State | null;
  diagnostics: Diagnostic[];
  /**
   * The plan that core makes again at apply failed: the provider was not asked to apply, and the state is what it was.
   */
  refused?: boolean;
}

/** What a test writes: attributes left out are null. */
export type Config = Record<string, unknown>;
interface CallOptions {
  signal?: AbortSignal;
}
type Method = (typeof Protocol)["method"];

/**
 * Talks to a provider as Terraform core does, and judges its answers as core does: what core would call "Provider
 * produced …" is an error among the diagnostics. Errors are never thrown for what a provider did, only for misuse.
 */
export class PluginClient {
  private constructor(
    readonly transport: PluginTransport,
    readonly schemas: { provider: Schema; resources: Record<string, Schema>; dataSources: Record<string, Schema> },
  ) {}

  /** Over the same bytes as a process would be asked with, without one. */
  static inProcess(provider: Provider, options?: ProviderServiceOptions): Promise<PluginClient> {
    return PluginClient.over(inProcessTransport(provider, options));
  }

  /** Starts an executable, with handshake and certificates as Terraform does. */
  static async start(command: string, args?: string[], environment?: NodeJS.ProcessEnv): Promise<PluginClient> {
    return PluginClient.over(await startPlugin(command, args, environment));
  }

  static async over(transport: PluginTransport): Promise<PluginClient> {
    const { provider, resourceSchemas, dataSourceSchemas, diagnostics } = await invoke(
      transport,
      Protocol.method.getProviderSchema,
      {},
    );
    if (diagnostics.length > 0 || !provider)
      throw new Error(`no schema: ${JSON.stringify(diagnosticsOf(diagnostics))}`);
    const all = (messages: typeof resourceSchemas): Record<string, Schema> =>
      Object.fromEntries(Object.entries(messages).map(([name, message]) => [name, schemaOf(message)]));
    return new PluginClient(transport, {
      provider: schemaOf(provider),
      resources: all(resourceSchemas),
      dataSources: all(dataSourceSchemas),
    });
  }

  close(): Promise<void> {
    return this.transport.close();
  }

  /** Validates the provider's configuration and, when it is valid, configures the provider with it. */
  async configure(config: Config = {}, options: CallOptions = {}): Promise<Diagnostic[]> {
    const type = objectType(this.schemas.provider.attributes);
    const value = packed(normalized(config, type), type);
    const validated = diagnosticsOf(
      (await this.call(Protocol.method.validateProviderConfig, { config: value }, options)).diagnostics,
    );
    if (hasError(validated)) return validated;
    const { diagnostics } = await this.call(
      Protocol.method.configureProvider,
      { config: value, terraformVersion: "1.11.4" },
      options,
    );
    return [...validated, ...diagnosticsOf(diagnostics)];
  }

  async validate(type: string, config: Config, options: CallOptions = {}): Promise<Diagnostic[]> {
    const { shape } = this.resource(type);
    const { diagnostics } = await this.call(
      Protocol.method.validateResourceConfig,
      { typeName: type, config: packed(normalized(config, shape), shape) },
      options,
    );
    return diagnosticsOf(diagnostics);
  }

  /**
   * Refreshes nothing: `refresh` first where the plan is to see what is. Without `config`, plans the destruction;
   * `replace` is `-replace`.
   */
  async plan(
    type: string,
    {
      prior = null,
      config,
      replace = false,
      ...options
    }: { prior?: State | null | undefined; config: Config | null; replace?: boolean } & CallOptions,
  ): Promise<Plan> {
    const { shape } = this.resource(type);
    const configured = config && normalized(config, shape);
    const refused: Plan = {
      type,
      action: "no-op",
      prior,
      config: configured,
      planned: null,
      private: NOTHING,
      requiresReplace: [],
      diagnostics: [],
    };
    if (configured) {
      const diagnostics = await this.validate(type, configured, options);
      if (hasError(diagnostics)) return { ...refused, diagnostics };
    }
    const first = await this.planOnce({ ...refused, prior: prior?.tainted ? null : prior }, options);
    if (hasError(first.diagnostics)) return { ...refused, ...first };
    const replaces =
      prior?.tainted ||
      (prior && replace && config) ||
      (prior &&
        first.planned &&
        first.requiresReplace.some((path) => textAt(prior.value, path) !== textAt(first.planned, path)));
    if (!replaces) {
      const same = canonical(first.planned, shape) === canonical(prior?.value ?? null, shape);
      return { ...refused, ...first, action: same ? "no-op" : !prior ? "create" : first.planned ? "update" : "delete" };
    }
    // The second plan gets the private bytes of the first, and its warnings are dropped.
    const second = prior.tainted
      ? first
      : await this.planOnce({ ...refused, prior: null, private: first.private }, options);
    const { diagnostics } = hasError(second.diagnostics) ? second : first;
    return { ...refused, ...second, diagnostics, prior, requiresReplace: first.requiresReplace, action: "replace" };
  }

  private async planOnce(
    { type, prior, config, private: passedOn }: Plan,
    options: CallOptions,
  ): Promise<Pick<Plan, "planned" | "private" | "requiresReplace" | "diagnostics">> {
    const { shape, schema } = this.resource(type);
    const priorValue = prior?.value ?? null;
    const proposed = config && proposedNewState(schema.attributes, priorValue, config);
    const response = await this.call(
      Protocol.method.planResourceChange,
      {
        typeName: type,
        priorState: packed(priorValue, shape),
        proposedNewState: packed(proposed, shape),
        config: packed(config, shape),
        priorPrivate: prior?.private ?? passedOn,
      },
      options,
    );
    const diagnostics = diagnosticsOf(response.diagnostics);
    const planned = unpacked(response.plannedState, shape);
    if (!hasError(diagnostics)) {
      const problems = planProblems(schema.attributes, { prior: priorValue, config, planned });
      diagnostics.push(
        ...problems.map((problem) => errorDiagnostic("Provider produced invalid plan", `${type}${problem}`)),
      );
    }
    return {
      planned,
      private: response.plannedPrivate,
      requiresReplace: response.requiresReplace.map(pathOf),
      diagnostics,
    };
  }

  /**
   * Plans again, as core does, with the configuration as it is known by now (`config`, by default the plan's own), sees
   * that the new plan completes the old one, and applies it.
   */
  async apply(plan: Plan, { config, ...options }: { config?: Config } & CallOptions = {}): Promise<Outcome> {
    if (hasError(plan.diagnostics))
      throw new Error(`a plan with errors can't be applied: ${JSON.stringify(plan.diagnostics)}`);
    const { type, action, prior } = plan;
    if (action === "no-op") return { state: prior, diagnostics: [] };
    if (action === "delete")
      return this.applyOnce({ type, prior, config: null, planned: null, private: plan.private }, options);
    let before = prior;
    if (action === "replace") {
      const destroyed = await this.applyOnce(
        { type, prior, config: null, planned: null, private: plan.private },
        options,
      );
      if (hasError(destroyed.diagnostics)) return destroyed;
      before = null;
    }
    const { shape } = this.resource(type);
    const known = config ? normalized(config, shape) : plan.config!;
    if (containsUnknown(known)) throw new Error("the configuration is not known yet: give apply the one that is");
    const again = await this.planOnce({ ...plan, prior: before, config: known, private: NOTHING }, options);
    if (!hasError(again.diagnostics)) {
      const problems = completionProblems(shape, plan.planned, again.planned);
      again.diagnostics.push(
        ...problems.map((problem) => errorDiagnostic("Provider produced inconsistent final plan", `${type}${problem}`)),
      );
    }
    if (hasError(again.diagnostics)) return { state: before, diagnostics: again.diagnostics, refused: true };
    const applied = await this.applyOnce(
      { type, prior: before, config: known, planned: again.planned, private: again.private },
      options,
    );
    return { ...applied, diagnostics: [...again.diagnostics, ...applied.diagnostics] };
  }

  async applyOnce(
    {
      type,
      prior,
      config,
      planned,
      private: plannedPrivate,
    }: Pick<Plan, "type" | "prior" | "config" | "planned" | "private">,
    options: CallOptions,
  ): Promise<Outcome> {
    const { shape } = this.resource(type);
    const response = await this.call(
      Protocol.method.applyResourceChange,
      {
        typeName: type,
        priorState: packed(prior?.value ?? null, shape),
        plannedState: packed(planned, shape),
        config: packed(config, shape),
        plannedPrivate,
      },
      options,
    );
    const diagnostics = diagnosticsOf(response.diagnostics);
    const value = unpacked(response.newState, shape);
    const complain = (what: string, problem: string): unknown =>
      diagnostics.push(errorDiagnostic(what, `${type}${problem}`));
    if (containsUnknown(value))
      complain("Provider returned invalid result object after apply", ": unknown values are left");
    if (!hasError(diagnostics) && planned) {
      for (const problem of completionProblems(shape, planned, value))
        complain("Provider produced inconsistent result after apply", problem);
    }
    if (!hasError(diagnostics) && !planned && value)
      complain("Provider returned invalid result object after apply", ": still there after it was destroyed");
    const failed = hasError(diagnostics);
    if (!value) return { state: failed ? prior : null, diagnostics };
    const tainted = failed && (prior === null || prior.tainted);
    return { state: { type, value, private: response.private, tainted }, diagnostics };
  }

  async destroy(state: State, options: CallOptions = {}): Promise<Outcome> {
    const plan = await this.plan(state.type, { prior: state, config: null, ...options });
    return hasError(plan.diagnostics) ? { state, diagnostics: plan.diagnostics } : this.apply(plan, options);
  }

  async refresh(state: State, options: CallOptions = {}): Promise<Outcome> {
    const { shape } = this.resource(state.type);
    const response = await this.call(
      Protocol.method.readResource,
      { typeName: state.type, currentState: packed(state.value, shape), private: state.private },
      options,
    );
    const diagnostics = diagnosticsOf(response.diagnostics);
    if (hasError(diagnostics)) return { state, diagnostics };
    const value = unpacked(response.newState, shape);
    if (containsUnknown(value))
      diagnostics.push(
        errorDiagnostic("Provider produced invalid object", `${state.type}: unknown values after a refresh`),
      );
    return { state: value && { ...state, value, private: response.private }, diagnostics };
  }

  /** Imports and then refreshes, as core does. */
  async import(type: string, id: string, options: CallOptions = {}): Promise<Outcome> {
    const { shape } = this.resource(type);
    const response = await this.call(Protocol.method.importResourceState, { typeName: type, id }, options);
    const diagnostics = diagnosticsOf(response.diagnostics);
    const [imported] = response.importedResources;
    const value = unpacked(imported?.state, shape);
    if (hasError(diagnostics) || !imported || !value) return { state: null, diagnostics };
    const refreshed = await this.refresh({ type, value, private: imported.private, tainted: false }, options);
    return { ...refreshed, diagnostics: [...diagnostics, ...refreshed.diagnostics] };
  }

  /**
   * Through the state file and back, as between two commands; `json` and `version` play a state that another version
   * wrote.
   */
  async reload(
    state: State,
    { json = stateJson(state.value), version, ...options }: { json?: string; version?: number } & CallOptions = {},
  ): Promise<Outcome> {
    const { shape, schema } = this.resource(state.type);
    const rawState = { json: Buffer.from(json) };
    const response = await this.call(
      Protocol.method.upgradeResourceState,
      { typeName: state.type, version: BigInt(version ?? schema.version), rawState },
      options,
    );
    const value = unpacked(response.upgradedState, shape);
    return { state: value && { ...state, value }, diagnostics: diagnosticsOf(response.diagnostics) };
  }

  /** Reads a data source. */
  async read(
    type: string,
    config: Config,
    options: CallOptions = {},
  ): Promise<{ value: ObjectValue | null; diagnostics: Diagnostic[] }> {
    const schema = this.schemas.dataSources[type];
    if (!schema) throw new RangeError(`no data source ${type}`);
    const shape = objectType(schema.attributes);
    const request = { typeName: type, config: packed(normalized(config, shape), shape) };
    const validated = diagnosticsOf(
      (await this.call(Protocol.method.validateDataResourceConfig, request, options)).diagnostics,
    );
    if (hasError(validated)) return { value: null, diagnostics: validated };
    const response = await this.call(Protocol.method.readDataSource, request, options);
    return {
      value: unpacked(response.state, shape),
      diagnostics: [...validated, ...diagnosticsOf(response.diagnostics)],
    };
  }

  /** What a first Ctrl-C in Terraform does: calls under way are asked to end. */
  async stop(): Promise<void> {
    await this.call(Protocol.method.stopProvider, {});
  }

  /** Any method of the protocol, by its messages. */
  call<M extends Method[keyof Method]>(
    method: M,
    request: MessageInitShape<M["input"]>,
    options: CallOptions = {},
  ): Promise<MessageShape<M["output"]>> {
    return invoke(this.transport, method, request, options);
  }

  private resource(type: string): { schema: Schema; shape: ObjectType } {
    const schema = this.schemas.resources[type];
    if (!schema) throw new RangeError(`no resource ${type}`);
    return { schema, shape: objectType(schema.attributes) };
  }
}

const NOTHING = new Uint8Array();

async function invoke<M extends DescMethod & { input: DescMessage; output: DescMessage }>(
  transport: PluginTransport,
  method: M,
  request: MessageInitShape<M["input"]>,
  options: CallOptions = {},
): Promise<MessageShape<M["output"]>> {
  const bytes = toBinary(method.input, create(method.input, request as MessageInitShape<DescMessage>));
  return fromBinary(
    method.output,
    await transport.call(`/${Protocol.typeName}/${method.name}`, bytes, options),
  ) as MessageShape<M["output"]>;
}

function textAt(value: ObjectValue | null, path: (string | number)[]): string {
  return canonical(
    path.reduce<Value>((inner, step) => (inner as Record<string | number, Value> | null)?.[step] ?? null, value),
  );
}
