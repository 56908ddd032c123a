import type { MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { errorDiagnostic, hasError, type AttributePath, type Diagnostic } from "./diagnostic";
import { decodeJson, decodeMsgpack, encodeMsgpack } from "./dynamic-value";
import { RequestError } from "./failure";
import type { DynamicValue, Provider as ProviderMessages } from "./generated/tfplugin6_pb";
import { diagnosticMessage, pathMessage, schemaMessage } from "./messages";
import type { OperationContext, PrivateState, Provider, Resource } from "./provider";
import { upgradeState } from "./upgrade-state";
import { validateAttributes } from "./validate";
import type { ObjectValue } from "./value";
import { objectType, type ObjectType } from "./value-type";

type Methods = (typeof ProviderMessages)["method"];
/** One function for each method of the protocol's service, from decoded request to response. */
type Handlers = {
  [M in keyof Methods]: (
    request: MessageShape<Methods[M]["input"]>,
    context: OperationContext,
  ) => Promise<MessageInitShape<Methods[M]["output"]>>;
};

const serverCapabilities = { planDestroy: true, getProviderSchemaOptional: true };
const NOTHING: PrivateState = new Uint8Array();

export function handlers(provider: Provider, { stop }: { stop: () => void }): Handlers {
  const types = new Map<object, ObjectType>();
  const typeOf = (of: Pick<Resource, "schema">): ObjectType => {
    const type = types.get(of) ?? objectType(of.schema.attributes);
    types.set(of, type);
    return type;
  };
  const report = (diagnostics: readonly Diagnostic[] = [], type?: ObjectType) =>
    diagnostics.map((diagnostic) => diagnosticMessage(diagnostic, type));
  const resource = (typeName: string) => find(provider.resources, typeName, "resource type");
  const dataSource = (typeName: string) => find(provider.dataSources, typeName, "data source");
  const validated = async (
    of: Pick<Resource, "schema" | "validate">,
    given: DynamicValue | undefined,
    context: OperationContext,
  ) => {
    const type = typeOf(of);
    const config = required(given, type);
    const own = await of.validate?.({ config }, context);
    return { diagnostics: report([...validateAttributes(of.schema.attributes, config), ...(own ?? [])], type) };
  };

  return {
    getMetadata: async () => ({
      serverCapabilities,
      resources: Object.keys(provider.resources).map((typeName) => ({ typeName })),
      dataSources: Object.keys(provider.dataSources).map((typeName) => ({ typeName })),
    }),
    getProviderSchema: async () => ({
      serverCapabilities,
      provider: schemaMessage(provider.schema),
      resourceSchemas: schemaMessages(provider.resources),
      dataSourceSchemas: schemaMessages(provider.dataSources),
    }),
    getResourceIdentitySchemas: async () => ({}),
    getFunctions: async () => ({}),

    validateProviderConfig: ({ config }, context) => validated(provider, config, context),
    validateResourceConfig: ({ typeName, config }, context) => validated(resource(typeName), config, context),
    validateDataResourceConfig: ({ typeName, config }, context) => validated(dataSource(typeName), config, context),

    configureProvider: async ({ config, terraformVersion }, context) => {
      const type = typeOf(provider);
      return {
        diagnostics: report(
          await provider.configure({ config: required(config, type), terraformVersion }, context),
          type,
        ),
      };
    },
    stopProvider: async () => {
      stop();
      return {};
    },

    upgradeResourceState: async (request) => {
      const of = resource(request.typeName);
      const { state, diagnostics } = upgradeState(request, { type: typeOf(of), version: of.schema.version });
      return { ...(state && { upgradedState: encode(state, typeOf(of)) }), diagnostics: report(diagnostics) };
    },
    readResource: async (request, context) => {
      const of = resource(request.typeName);
      const response = await of.read(
        { priorState: required(request.currentState, typeOf(of)), private: request.private },
        context,
      );
      return {
        newState: encode(response.state, typeOf(of)),
        private: response.private ?? request.private,
        diagnostics: report(response.diagnostics, typeOf(of)),
      };
    },
    planResourceChange: async (request, context) => {
      const of = resource(request.typeName);
      const type = typeOf(of);
      const {
        plannedState,
        plannedPrivate,
        requiresReplace = [],
        diagnostics,
      } = await of.plan(
        {
          priorState: decode(request.priorState, type),
          proposedNewState: decode(request.proposedNewState, type),
          config: decode(request.config, type),
          priorPrivate: request.priorPrivate,
        },
        context,
      );
      return {
        plannedState: encode(plannedState, type),
        plannedPrivate: plannedPrivate ?? request.priorPrivate,
        requiresReplace: requiresReplace.map((path) => replaced(path, type)),
        diagnostics: report(diagnostics, type),
      };
    },
    applyResourceChange: async (request, context) => {
      const of = resource(request.typeName);
      const type = typeOf(of);
      const response = await of.apply(
        {
          priorState: decode(request.priorState, type),
          plannedState: decode(request.plannedState, type),
          config: decode(request.config, type),
          plannedPrivate: request.plannedPrivate,
        },
        context,
      );
      return {
        newState: encode(response.state, type),
        private: response.private ?? request.plannedPrivate,
        diagnostics: report(response.diagnostics, type),
      };
    },
    importResourceState: async ({ typeName, id }, context) => {
      const of = resource(typeName);
      const response = (await of.import?.({ id }, context)) ?? {
        state: null,
        diagnostics: [errorDiagnostic("Import is not supported", `A ${typeName} can't be imported.`)],
      };
      const { state, diagnostics = [] } = response;
      if (state === null && !hasError(diagnostics)) throw new Error("import gave neither a state nor an error");
      const imported = state
        ? [{ typeName, state: encode(state, typeOf(of)), private: response.private ?? NOTHING }]
        : [];
      return { importedResources: imported, diagnostics: report(diagnostics, typeOf(of)) };
    },
    moveResourceState: async ({ sourceTypeName, targetTypeName }) => ({
      diagnostics: report([
        errorDiagnostic(
          "Moving between resource types is not supported",
          `The state of a ${sourceTypeName} can't become that of a ${targetTypeName}. Import the object as a ` +
            `${targetTypeName} instead.`,
        ),
      ]),
    }),

    readDataSource: async ({ typeName, config }, context) => {
      const of = dataSource(typeName);
      const { state, diagnostics } = await of.read({ config: required(config, typeOf(of)) }, context);
      return { state: encode(state, typeOf(of)), diagnostics: report(diagnostics, typeOf(of)) };
    },
  };
}

function find<T>(all: Record<string, T>, typeName: string, kind: string): T {
  const found = Object.hasOwn(all, typeName) ? all[typeName] : undefined;
  if (found === undefined) throw new RequestError(`the provider has no ${kind} ${JSON.stringify(typeName)}`);
  return found;
}

function schemaMessages(all: Record<string, Pick<Resource, "schema">>) {
  return Object.fromEntries(Object.entries(all).map(([name, { schema }]) => [name, schemaMessage(schema)]));
}

function replaced(path: AttributePath, type: ObjectType) {
  const message = pathMessage(path, type);
  if (!message.steps?.length) throw new Error(`requiresReplace names ${JSON.stringify(path)}, which is no attribute`);
  return message;
}

function encode(value: ObjectValue | null, type: ObjectType): { msgpack: Uint8Array } {
  return { msgpack: encodeMsgpack(value, type) };
}

function decode(value: DynamicValue | undefined, type: ObjectType): ObjectValue | null {
  try {
    if (value?.msgpack.length) return decodeMsgpack(value.msgpack, type);
    return value?.json.length ? decodeJson(value.json, type) : null;
  } catch (error) {
    throw new RequestError((error as Error).message, { cause: error });
  }
}

function required(value: DynamicValue | undefined, type: ObjectType): ObjectValue {
  return decode(value, type) ?? fail("a value is missing");
}

function fail(message: string): never {
  throw new RequestError(message);
}
