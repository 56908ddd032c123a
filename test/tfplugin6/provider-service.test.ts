import type { Resource } from "../../lib/tfplugin6/provider";
import { Provider as Protocol } from "../../lib/tfplugin6/generated/tfplugin6_pb";
import type { ObjectValue } from "../../lib/tfplugin6/value";
import { diagnosticsOf } from "../support/plugin-codec";
import { PluginClient, type State } from "../support/plugin-client";
import { tinyProvider } from "./tiny-provider";

const TYPE = "tiny_thing";
const { method } = Protocol;

interface Line {
  level: string;
  message: string;
  fields: Record<string, unknown> | undefined;
}

async function tiny(overrides?: Partial<Resource>): Promise<{ client: PluginClient; lines: Line[] }> {
  const lines: Line[] = [];
  const client = await PluginClient.inProcess(tinyProvider(overrides), {
    redact: (text) => text.replaceAll("hunter2", "(redacted)"),
    log: (level, message, fields) => lines.push({ level, message, fields }),
  });
  return { client, lines };
}
async function created(): Promise<State> {
  const { client } = await tiny();
  return (await client.apply(await client.plan(TYPE, { config: { name: "a" } }))).state!;
}
const boom = async (): Promise<never> => {
  throw new TypeError("boom hunter2");
};

describe("a provider behind the protocol", () => {
  it("names its capabilities and its types", async () => {
    const { client } = await tiny();
    const capabilities = { planDestroy: true, getProviderSchemaOptional: true, moveResourceState: false };
    expect(await client.call(method.getMetadata, {})).toMatchObject({
      serverCapabilities: capabilities,
      resources: [{ typeName: TYPE }],
      dataSources: [{ typeName: "tiny_digest" }],
    });
    expect(await client.call(method.getProviderSchema, {})).toMatchObject({ serverCapabilities: capabilities });
    expect(diagnosticsOf((await client.call(method.getFunctions, {})).diagnostics)).toEqual([]);
    expect(diagnosticsOf((await client.call(method.getResourceIdentitySchemas, {})).diagnostics)).toEqual([]);
  });

  it("sends its schema as it is written", async () => {
    const { client } = await tiny();
    const plain = (schema: unknown): unknown =>
      JSON.parse(JSON.stringify(schema, (_, value: unknown) => (value === false ? undefined : value)));
    expect(plain(client.schemas.resources[TYPE])).toEqual(plain(tinyProvider().resources[TYPE]!.schema));
  });

  it(
    "makes one diagnostic of whatever a resource throws, with its stack in the log only and no " + "secret in either",
    async () => {
      const { client, lines } = await tiny({ plan: boom, read: boom, validate: boom, import: boom });
      const state = await created();
      const found = [
        await client.validate(TYPE, { name: "a" }),
        (await client.refresh(state)).diagnostics,
        (await client.import(TYPE, "a")).diagnostics,
        (await client.plan(TYPE, { prior: state, config: null })).diagnostics,
      ];
      for (const diagnostics of found) {
        expect(diagnostics).toMatchObject([
          {
            severity: "error",
            summary: "Internal error of the provider",
            detail: expect.stringContaining(
              "tiny_thing failed in a way that it never should: TypeError: boom (redacted)",
            ) as string,
          },
        ]);
        expect(diagnostics[0]!.detail).not.toMatch(/hunter2|\.ts:\d/);
      }
      expect(lines.filter(({ level }) => level === "error").map(({ fields }) => fields?.["stack"])).toEqual(
        Array(4).fill(expect.stringMatching(/boom[^]*provider-service/)),
      );
    },
  );

  it("keeps the state when an apply throws, and has none when it was a creation", async () => {
    const state = await created();
    const { client } = await tiny({ apply: boom });
    const updated = await client.apply(await client.plan(TYPE, { prior: state, config: { name: "a", size: 1 } }));
    expect(updated).toMatchObject({
      state: { value: state.value },
      diagnostics: [{ summary: "Internal error of the provider" }],
    });
    expect((await client.destroy(state)).state?.value).toEqual(state.value);
    expect(await client.apply(await client.plan(TYPE, { config: { name: "a" } }))).toMatchObject({
      state: null,
      diagnostics: [{}],
    });
  });

  it("takes a value that a resource may not return for a bug of the resource", async () => {
    const { client } = await tiny({ read: async () => ({ state: { nonsense: 1 } as ObjectValue }) });
    expect((await client.refresh(await created())).diagnostics).toMatchObject([
      {
        summary: "Internal error of the provider",
        detail: expect.stringContaining('no attribute "nonsense"') as string,
      },
    ]);
  });

  it("takes a replacement for the sake of an attribute that isn't there for a bug of the resource", async () => {
    const { client } = await tiny({
      plan: async ({ proposedNewState }) => ({ plannedState: proposedNewState, requiresReplace: [["nmae"]] }),
    });
    expect((await client.plan(TYPE, { config: { name: "a" } })).diagnostics).toMatchObject([
      { detail: expect.stringContaining('["nmae"]') as string },
    ]);
  });

  it("says that it was stopped when it was, whatever the resource throws then", async () => {
    const { client } = await tiny({
      read: (_, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
    });
    const refreshed = client.refresh(await created());
    await client.stop();
    expect((await refreshed).diagnostics).toMatchObject([
      { summary: "Stopped", detail: expect.stringContaining("Terraform asked the provider to stop") as string },
    ]);
    const again = (await tiny()).client;
    await again.stop();
    expect((await again.refresh(await created())).diagnostics).toEqual([]);
  });

  it("names a type that it doesn't have", async () => {
    const { client } = await tiny();
    for (const call of [
      client.call(method.readResource, { typeName: "tiny_nothing" }),
      client.call(method.planResourceChange, { typeName: "toString" }),
      client.call(method.applyResourceChange, { typeName: "__proto__" }),
      client.call(method.readDataSource, { typeName: "" }),
      client.call(method.upgradeResourceState, { typeName: "tiny_nothing" }),
    ]) {
      expect(diagnosticsOf((await call).diagnostics)).toMatchObject([
        {
          summary: "Request that can't be read",
          detail: expect.stringMatching(/has no (resource type|data source) "/) as string,
        },
      ]);
    }
  });

  it("carries private bytes: a resource's own, or those it was given", async () => {
    const { client } = await tiny();
    const state = await created();
    expect(Buffer.from(state.private).toString()).toBe("applied");
    expect((await client.refresh(state)).state?.private).toEqual(state.private);
    const { client: silent } = await tiny({
      plan: async ({ proposedNewState }) => ({ plannedState: proposedNewState }),
      apply: async ({ plannedState }) => ({ state: plannedState }),
    });
    const updated = await silent.apply(await silent.plan(TYPE, { prior: state, config: { name: "a", size: 3 } }));
    expect(Buffer.from(updated.state!.private).toString()).toBe("applied");
  });

  it("says what can't be done: import without one, moving between types", async () => {
    const resource = tinyProvider().resources[TYPE]!;
    const provider = {
      ...tinyProvider(),
      resources: { [TYPE]: { ...resource, import: undefined } as unknown as Resource },
    };
    const client = await PluginClient.inProcess(provider);
    expect((await client.import(TYPE, "a")).diagnostics).toMatchObject([{ summary: "Import is not supported" }]);
    const moved = await client.call(method.moveResourceState, { sourceTypeName: "other_thing", targetTypeName: TYPE });
    expect(diagnosticsOf(moved.diagnostics)).toMatchObject([
      { detail: expect.stringContaining("a other_thing can't become that of a tiny_thing") as string },
    ]);
  });

  describe("reading stored states", () => {
    const upgrade = async (json: string, version?: number) =>
      (await tiny()).client.reload(await created(), { json, ...(version !== undefined && { version }) });

    it("drops what the schema lost, and what it gained is null", async () => {
      const { state, diagnostics } = await upgrade('{"name":"a","colour":"red","box":{"width":2,"depth":9}}', 0);
      expect(diagnostics).toEqual([]);
      expect(state?.value).toMatchObject({ name: "a", box: { width: 2, area: null }, size: null, notes: null });
      expect(state?.value).not.toHaveProperty("colour");
    });

    const unreadable: [string, string, number | undefined, RegExp][] = [
      ["a newer schema", '{"name":"a"}', 3, /newer version of the provider \(schema 3; this one knows 2\)/],
      ["broken JSON", '{"name":', undefined, /8 bytes that are not JSON/],
      ["another type", '{"name":["a"]}', undefined, /value\.name: expected a string, got a list/],
      ["null", "null", undefined, /it is null/],
      ["nothing", "", undefined, /not in the JSON form/],
    ];
    it.each(unreadable)("refuses %s with a sentence", async (_, json, version, detail) => {
      expect(await upgrade(json, version)).toMatchObject({
        state: null,
        diagnostics: [{ severity: "error", detail: expect.stringMatching(detail) as string }],
      });
    });
  });

  describe("what a person reads", () => {
    const shown = async (detail: string, path?: (string | number)[]) =>
      (
        await (
          await tiny({ validate: async () => [{ severity: "warning", summary: "s", detail, ...(path && { path }) }] })
        ).client.validate(TYPE, { name: "a" })
      )[0]!;

    it(
      "has no control characters, no direction overrides and no broken characters, but line ends, tabs " + "and emoji",
      async () => {
        expect((await shown("a\u001b[31mb\u202ec\ud800d\r\ne\tf 👩‍🔧\u0007")).detail).toBe(
          "a\ufffd[31mb\ufffdc\ufffdd\ne\tf 👩‍🔧\ufffd",
        );
      },
    );

    const paths: [(string | number)[], (string | number)[] | undefined][] = [
      [["name"], ["name"]],
      [
        ["box", "width"],
        ["box", "width"],
      ],
      [
        ["parts", "a.b", "count"],
        ["parts", "a.b", "count"],
      ],
      [
        ["notes", 3],
        ["notes", 3],
      ],
      [["tags", "x"], ["tags"]],
      [["box", "depth"], ["box"]],
      [["name", "deeper"], ["name"]],
      [["nowhere"], undefined],
      [["__proto__"], undefined],
    ];
    it.each(paths)("points to %j by %j", async (path, sent) => {
      expect((await shown("d", path)).path).toEqual(sent);
    });
  });
});
