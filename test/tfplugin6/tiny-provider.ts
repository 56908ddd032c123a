import { createHash } from "node:crypto";
import { isUnknown, UNKNOWN, type ObjectValue, type Value } from "../../lib/tfplugin6/value";
import type { OperationContext, Provider, Resource } from "../../lib/tfplugin6/provider";

/**
 * A provider with one resource that lives in its state alone, and one data source: enough to walk the whole protocol.
 */
export function tinyProvider(overrides: Partial<Resource> = {}): Provider {
  const thing: Resource = {
    schema: {
      version: 2,
      description: "A thing.",
      attributes: {
        name: { type: "string", required: true, description: "Its name. Another name replaces it." },
        size: { type: "number", optional: true, description: "Its size." },
        tags: { type: { set: "string" }, optional: true, description: "Its tags." },
        secret: { type: "string", optional: true, sensitive: true, description: "Not for logs." },
        box: {
          nested: {
            nesting: "single",
            attributes: {
              width: { type: "number", required: true, description: "Width." },
              area: { type: "number", computed: true, description: "Width, squared." },
            },
          },
          optional: true,
          description: "Its box.",
        },
        parts: {
          nested: {
            nesting: "map",
            attributes: { count: { type: "number", optional: true, description: "How many." } },
          },
          optional: true,
          description: "Its parts.",
        },
        id: { type: "string", computed: true, description: "Digest of the name." },
        notes: { type: { list: "string" }, computed: true, description: "What happened to it." },
      },
    },
    validate: async ({ config }) =>
      config["name"] === "bad"
        ? [{ severity: "error", summary: "Bad name", detail: 'A thing can\'t be called "bad".', path: ["name"] }]
        : [],
    read: async ({ priorState }) => ({ state: priorState }),
    plan: async ({ priorState, proposedNewState }) => {
      if (proposedNewState === null) return { plannedState: null };
      const changed =
        priorState === null || JSON.stringify(priorState, plain) !== JSON.stringify(proposedNewState, plain);
      const box = proposedNewState["box"] as Value;
      const plannedState: ObjectValue = {
        ...proposedNewState,
        ...(changed && {
          notes: UNKNOWN,
          ...(box !== null && !isUnknown(box) && { box: { ...(box as ObjectValue), area: UNKNOWN } }),
        }),
        ...((priorState === null || priorState["name"] !== proposedNewState["name"]) && { id: UNKNOWN }),
      };
      const replace = priorState !== null && priorState["name"] !== proposedNewState["name"];
      return { plannedState, ...(replace && { requiresReplace: [["name"]] }), plannedPrivate: Buffer.from("planned") };
    },
    apply: async ({ priorState, plannedState, plannedPrivate }) => {
      if (plannedState === null) return { state: null };
      const box = plannedState["box"] as ObjectValue | null;
      const notes = [
        ...((priorState?.["notes"] as string[] | null) ?? []),
        `${priorState ? "changed" : "made"} after ${Buffer.from(plannedPrivate).toString()}`,
      ];
      const state = {
        ...plannedState,
        id: digest(String(plannedState["name"])),
        notes,
        box: box && { ...box, area: Number(box["width"]) ** 2 },
      };
      return { state, private: Buffer.from("applied") };
    },
    import: async ({ id }) => ({ state: { name: id, id: digest(id), notes: ["imported"] } }),
    ...overrides,
  };
  return {
    schema: {
      version: 0,
      description: "Tiny.",
      attributes: { endpoint: { type: "string", optional: true, description: "Nowhere." } },
    },
    configure: async ({ config }) =>
      config["endpoint"] === "nowhere"
        ? [{ severity: "error", summary: "Nowhere", detail: "No such place.", path: ["endpoint"] }]
        : [],
    resources: { tiny_thing: thing },
    dataSources: {
      tiny_digest: {
        schema: {
          version: 0,
          description: "A digest.",
          attributes: {
            of: { type: "string", required: true, description: "Of what." },
            value: { type: "string", computed: true, description: "The digest." },
          },
        },
        read: async ({ config }, context) => {
          logRead(context);
          return { state: { ...config, value: digest(String(config["of"])) } };
        },
      },
    },
  };
}

const logRead = (context: OperationContext): void => context.log("info", "digesting", { password: "hunter2" });
const plain = (_: string, value: unknown): unknown =>
  typeof value === "bigint" ? String(value) : isUnknown(value as Value) ? "(unknown)" : value;
const digest = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 8);
