/**
 * Reading and writing envelopes, done once for each that is the same: in thousands of histories most are, and what is
 * made of one depends on nothing else. What is remembered is frozen, so that nobody can change it for the next.
 */
import type * as SimulatorSoap from "../../lib/simulator/wire/soap";
import type * as SoapCallerModule from "../../lib/vim/wire/soap";
import type { SoapCall } from "../../lib/vim/wire/soap";

const MOST = 4000;

class Memory<T> {
  private readonly values = new Map<string, T>();

  async of(key: string, make: () => Promise<T>): Promise<T> {
    return this.values.get(key) ?? this.keep(key, await make());
  }

  get(key: string): T | undefined {
    return this.values.get(key);
  }

  keep(key: string, value: T): T {
    if (this.values.size >= MOST) this.values.clear();
    this.values.set(key, deepFrozen(value));
    return value;
  }
}

/** The client's side, in node-soap's place. */
export function rememberingSoapCaller({ SoapCaller }: typeof SoapCallerModule): object {
  const real = SoapCaller.create();
  const requests = new Memory<string>();
  const results = new Memory<{ result: unknown }>();

  const call = async (made: SoapCall): Promise<unknown> => {
    const { method, target, args, apiVersion, post } = made;
    const request = JSON.stringify([method, target, args, apiVersion]);
    const known = requests.get(request);
    if (known === undefined) {
      return (await real).call({ ...made, post: (body, soapAction) => post(requests.keep(request, body), soapAction) });
    }
    const answer = await post(known, `"urn:vim25/${apiVersion}"`);
    const read = async (): Promise<{ result: unknown }> => ({
      result: await (await real).call({ ...made, post: () => Promise.resolve(answer) }),
    });
    return (await results.of(`${method} ${answer.status} ${answer.body}`, read)).result;
  };
  return { SoapCaller: { create: () => Promise.resolve({ call }) } };
}

/** The embedded vCenter's side. */
export function rememberingEnvelopes(real: typeof SimulatorSoap): object {
  const read = new Memory<ReturnType<typeof real.readEnvelope>>();
  return { ...real, readEnvelope: (text: string) => read.get(text) ?? read.keep(text, real.readEnvelope(text)) };
}

function deepFrozen<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFrozen);
  }
  return value;
}
