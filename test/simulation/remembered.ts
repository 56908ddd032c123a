/**
 * Writing requests and reading answers, done once for each that is the same: in thousands of histories most are, and
 * what is made of one depends on nothing else. What is remembered is frozen, so that nobody can change it for the next.
 */
import { SoapCaller, type SoapCall } from "../../lib/vim/wire/soap";

const MOST = 4000;

class Memory<T> {
  private readonly values = new Map<string, T>();

  get(key: string): T | undefined {
    return this.values.get(key);
  }

  keep(key: string, value: T): T {
    if (this.values.size >= MOST) this.values.clear();
    this.values.set(key, deepFrozen(value));
    return value;
  }
}

const requests = new Memory<string>();
const results = new Memory<{ result: unknown }>();

/** In node-soap's place; what it hasn't seen yet, node-soap writes and reads. */
export async function rememberingCaller(): Promise<Pick<SoapCaller, "call">> {
  const real = await SoapCaller.create();
  const call = async (made: SoapCall): Promise<unknown> => {
    const { method, target, args, apiVersion, post } = made;
    const request = JSON.stringify([method, target, args, apiVersion]);
    const known = requests.get(request);
    if (known === undefined)
      return real.call({ ...made, post: (body, soapAction) => post(requests.keep(request, body), soapAction) });
    const answer = await post(known, `"urn:vim25/${apiVersion}"`);
    const key = `${method} ${answer.status} ${answer.body}`;
    const read =
      results.get(key) ?? results.keep(key, { result: await real.call({ ...made, post: async () => answer }) });
    return read.result;
  };
  return { call };
}

function deepFrozen<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFrozen);
  }
  return value;
}
