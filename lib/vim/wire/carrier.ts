import { HttpTransport, type HttpTransportOptions } from "./http";
import { SoapCaller } from "./soap";

/** What brings requests to a server, and its answers back. */
export interface Carrier {
  transport(options: HttpTransportOptions): Pick<HttpTransport, "post" | "forgetSession" | "close" | "withoutCookies">;
  /** What writes requests and reads answers. */
  caller(): Promise<Pick<SoapCaller, "call">>;
}

/** HTTPS and node-soap. */
export const overHttps: Carrier = {
  transport: (options) => new HttpTransport(options),
  caller: () => SoapCaller.create(),
};
