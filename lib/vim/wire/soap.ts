import type { Client } from "soap/lib/client.js";
import type { IHttpClient } from "soap/lib/types.js";
import { decode, decodeFields, MalformedAnswer } from "./decode";
import { encodeFields, encodeReference } from "./encode";
import { faultFrom } from "./fault";
import { hidden, type Hidden } from "./hidden";
import type { Answer } from "./http";
import type { ManagedObjectReference } from "./managed-object-reference";
import { vim25Methods, type Method, type MethodName } from "./methods";
import { parseField } from "./schema";
import { wsdl } from "./wsdl";

export interface SoapCall {
  method: MethodName;
  target: ManagedObjectReference;
  args: object;
  /** Of the server, so that nothing is sent that it doesn't know. */
  apiVersion: string;
  post(body: string, soapAction: string): Promise<Answer>;
}

/** Writes and reads the envelopes by node-soap. Its own HTTP client is left out, and with it axios. */
export class SoapCaller {
  private static one?: Promise<SoapCaller>;

  /** Node-soap's client is hidden because it remembers the last request, and that may be a login. */
  private constructor(private readonly client: Hidden<Client>) {}

  /** The one of this process: it holds nothing of a server or a session, and takes long to make. */
  static create(): Promise<SoapCaller> {
    return (SoapCaller.one ??= SoapCaller.make());
  }

  private static async make(): Promise<SoapCaller> {
    // Loaded when it is needed: a plugin process that only answers schema requests never does.
    const [{ Client }, { WSDL }] = await Promise.all([import("soap/lib/client.js"), import("soap/lib/wsdl/index.js")]);
    return new Promise((resolve, reject) => {
      const definition = new WSDL(wsdl(), "", {});
      definition.onReady((error) => {
        if (error) return reject(error as Error);
        // A name may begin with a space.
        const client = new Client(definition, "https://localhost/sdk", {
          httpClient: httpClient as unknown as IHttpClient,
          preserveWhitespace: true,
        });
        resolve(new SoapCaller(hidden(client)));
      });
    });
  }

  /**
   * Rejects with a VimFault, a MalformedAnswer or what `post` rejects with: never with node-soap's errors, which carry
   * the request.
   */
  async call({ method, target, args, apiVersion, post }: SoapCall): Promise<unknown> {
    const { args: declared, returns }: Method = vim25Methods[method];
    const fields = Object.entries(declared).map(([name, text]) => parseField(name, text));
    const envelope = { _this: encodeReference(target), ...encodeFields(args, fields, apiVersion) };
    const result = await new Promise<unknown>((resolve, reject) => {
      const exchange: Exchange = { reject, send: (body) => post(body, `"urn:vim25/${apiVersion}"`) };
      const invoke = (this.client() as unknown as Record<MethodName, Invoke>)[method];
      invoke(envelope, (error, answer) => (error ? reject(faultIn(error)) : resolve(answer)), { exchange });
    });
    // node-soap gives null for an empty response, and undefined where there is none.
    if (result === undefined) throw new MalformedAnswer("it answers something else");
    return returns && decodeFields((result ?? {}) as object, [parseField("returnval", returns)]).returnval;
  }
}

interface Exchange {
  send(body: string): Promise<Answer>;
  reject(error: unknown): void;
}

type Invoke = (
  args: object,
  callback: (error: unknown, result: unknown) => void,
  options: { exchange: Exchange },
) => void;

/** What node-soap calls instead of axios. */
const httpClient = {
  request(
    _url: string,
    body: string,
    callback: (error: null, response: object, body: string) => void,
    _headers: object,
    { exchange }: { exchange: Exchange },
  ): void {
    exchange
      .send(body)
      .then((answer) => callback(null, { status: answer.status, headers: {} }, answer.body))
      .catch((error: unknown) => exchange.reject(error));
  },
};

interface SoapError {
  root?: { Envelope?: { Body?: { Fault?: { faultstring?: unknown; detail?: object } } } };
}

function faultIn(error: unknown): Error {
  const fault = (error as SoapError).root?.Envelope?.Body?.Fault;
  if (!fault) return new MalformedAnswer("it is not the XML that was expected");
  const [name, detail] = Object.entries(fault.detail ?? {}).find(([key]) => key.endsWith("Fault")) ?? ["", undefined];
  const { $type, ...properties } = (detail ? decode(detail, "MethodFault") : { $type: "SystemError" }) as {
    $type: string;
  };
  // The type stands in xsi:type, or else in the element's name.
  const type = $type === "MethodFault" && name !== "MethodFaultFault" ? name.replace(/Fault$/, "") : $type;
  return faultFrom({
    fault: { $type: type, ...properties },
    localizedMessage: decode(fault.faultstring, "string") as string,
  });
}
