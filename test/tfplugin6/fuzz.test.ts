import { create, fromBinary, toBinary, type Message } from "@bufbuild/protobuf";
import { Encoder, ExtData } from "@msgpack/msgpack";
import { Provider as Protocol } from "../../lib/tfplugin6/generated/tfplugin6_pb";
import { providerService } from "../../lib/tfplugin6/provider-service";
import { tinyProvider } from "./tiny-provider";

/**
 * How many damaged requests a run makes, and from which seed: FUZZ_REQUESTS and FUZZ_SEED for a long run or a replay.
 */
const REQUESTS = Number(process.env["FUZZ_REQUESTS"] ?? 100);
const SEED = Number(process.env["FUZZ_SEED"] ?? Math.floor(Math.random() * 2 ** 32));
const ANSWER_LIMIT_MS = 5_000;

const encoder = new Encoder({ useBigInt64: true });
const service = providerService(tinyProvider());
const methods = Protocol.methods;
type Random = (below: number) => number;

/** mulberry32: small, and the same everywhere. */
function randomFrom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const pick = <T>(random: Random, of: readonly T[]): T => of[random(of.length)]!;

function anyValue(random: Random, depth = 0): unknown {
  const leaves = [
    null,
    true,
    -1,
    1.5,
    NaN,
    2n ** 63n,
    "",
    "0000:3b:00.0",
    "9".repeat(400),
    "\u0000\u001b[2J",
    new ExtData(0, new Uint8Array(1)),
    new ExtData(12, new Uint8Array(9)),
    new Uint8Array(3),
  ];
  const kind = depth > 4 ? 0 : random(6);
  if (kind < 3) return pick(random, leaves);
  if (kind === 3)
    return Array.from({ length: random(50) === 0 ? 20_000 : random(5) }, (_, index) =>
      index > 20 ? index : anyValue(random, depth + 1),
    );
  const names = [
    "name",
    "size",
    "tags",
    "box",
    "parts",
    "id",
    "notes",
    "of",
    "value",
    "width",
    "count",
    "endpoint",
    "toString",
    "x",
  ];
  return Object.fromEntries(
    Array.from({ length: random(8) }, () => [pick(random, names), anyValue(random, depth + 1)]),
  );
}

function dynamicValue(random: Random): { msgpack?: Uint8Array; json?: Uint8Array } {
  const value = anyValue(random);
  const plain = (_: string, inner: unknown): unknown => (typeof inner === "bigint" ? Number(inner) : inner);
  const bytes = random(4) === 0 ? Buffer.from(JSON.stringify(value, plain)) : Buffer.from(encoder.encode(value));
  return random(4) === 0 ? { json: damaged(random, bytes) } : { msgpack: damaged(random, bytes) };
}

/** As it is, cut, with bytes changed, or replaced by noise. */
function damaged(random: Random, bytes: Buffer): Buffer {
  const kind = random(6);
  if (kind === 0) return bytes.subarray(0, random(bytes.length + 1));
  if (kind === 1) return Buffer.from(Array.from({ length: random(64) }, () => random(256)));
  if (kind > 3 || bytes.length === 0) return bytes;
  const changed = Buffer.from(bytes);
  for (let count = 1 + random(4); count > 0; count--) changed[random(changed.length)] = random(256);
  return changed;
}

function request(random: Random): { name: string; bytes: Buffer } {
  const method = pick(random, methods);
  const fields = Object.fromEntries(
    method.input.fields.map((field) => {
      if (field.localName.toLowerCase().endsWith("typename"))
        return [field.localName, pick(random, ["tiny_thing", "tiny_digest", "", "__proto__", "nothing"])];
      if (field.fieldKind === "message") {
        return [
          field.localName,
          field.message.name === "RawState"
            ? { json: dynamicValue(random).json ?? Buffer.from("{}") }
            : random(8) === 0
              ? undefined
              : dynamicValue(random),
        ];
      }
      return [
        field.localName,
        field.fieldKind === "scalar" && field.scalar === 3
          ? BigInt(random(5))
          : field.localName.toLowerCase().endsWith("private")
            ? Buffer.from([1])
            : "a",
      ];
    }),
  );
  return {
    name: method.name,
    bytes: damaged(random, Buffer.from(toBinary(method.input, create(method.input, fields)))),
  };
}

type Answer = Message & { diagnostics?: { summary: string; detail: string }[]; error?: string };
async function answer(name: string, bytes: Uint8Array): Promise<Answer> {
  const { output } = methods.find((method) => method.name === name)!;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>(
    (_, reject) => (timer = setTimeout(() => reject(new Error("no answer in time")), ANSWER_LIMIT_MS)),
  );
  const answered = await Promise.race([service.call(`/${Protocol.typeName}/${name}`, bytes), limit]);
  clearTimeout(timer);
  return fromBinary(output, answered) as Answer;
}

it(
  `answers ${REQUESTS} damaged requests with a response of the protocol, never a crash or a hang`,
  async () => {
    const outcomes = new Map<string, number>();
    for (let index = 0; index < REQUESTS; index++) {
      const { name, bytes } = request(randomFrom(SEED + index));
      const found = await answer(name, bytes).catch((error: unknown) => {
        throw new Error(`FUZZ_SEED=${SEED + index} FUZZ_REQUESTS=1 replays it: ${name} of ${bytes.length} bytes`, {
          cause: error,
        });
      });
      const outcome = found.diagnostics?.[0]?.summary ?? (found.error || "fine");
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    // A control: the requests are neither all refused at the door nor all harmless.
    if (REQUESTS >= 100)
      expect(
        [outcomes.get("Request that can't be read") ?? 0, outcomes.get("fine") ?? 0].every((count) => count > 0),
      ).toBe(true);
  },
  Math.max(30_000, REQUESTS * 50),
);

it("answers a set of a million unknown or wrong elements, and nesting a hundred thousand deep", async () => {
  const config = (bytes: Uint8Array): Promise<Answer> =>
    answer(
      "ValidateResourceConfig",
      toBinary(
        Protocol.method.validateResourceConfig.input,
        create(Protocol.method.validateResourceConfig.input, { typeName: "tiny_thing", config: { msgpack: bytes } }),
      ),
    );
  const huge = encoder.encode({ name: "a", tags: Array(1_000_000).fill("x") });
  expect((await config(huge)).diagnostics).toEqual([]);
  expect((await config(encoder.encode({ name: "a", tags: Array(1_000_000).fill(1) }))).diagnostics).toMatchObject([
    {
      summary: "Request that can't be read",
      detail: expect.stringContaining("value.tags[0]: expected a string, got a number") as string,
    },
  ]);
  expect(
    (await config(Buffer.concat([Buffer.from("81a16e", "hex"), Buffer.alloc(100_000, 0x91), Buffer.from([0xc0])])))
      .diagnostics,
  ).toMatchObject([{ summary: "Request that can't be read" }]);
}, 30_000);
