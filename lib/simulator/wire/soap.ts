import type { Fault } from "../fault";
import { escapeXml, parseXml, type XmlElement, XSD, XSI } from "./xml";
import { VIM25 } from "../schema/schema";
import { invalidRequest } from "./decode";
import type { Encoder } from "./encode";

const ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/";

const envelope = (body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="${ENVELOPE}" xmlns:xsd="${XSD}" ` +
  `xmlns:xsi="${XSI}">` +
  `<soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;

export interface SoapRequest {
  /** The element inside the Body. */
  readonly call: XmlElement;
  /** The session by the header vcSessionCookie: who logged in to vCenter is let in by its other services. */
  readonly sessionCookie?: string;
}

export function readEnvelope(text: string): SoapRequest {
  let root: XmlElement;
  try {
    root = parseXml(text);
  } catch (error) {
    throw invalidRequest((error as Error).message);
  }
  const body = root.children.find((child) => child.name === "Body" && child.namespace === ENVELOPE);
  const call = body?.children[0];
  if (root.name !== "Envelope" || root.namespace !== ENVELOPE || !call || body.children.length !== 1) {
    throw invalidRequest("a SOAP 1.1 envelope with one call in its body is expected");
  }
  const header = root.children.find((child) => child.name === "Header" && child.namespace === ENVELOPE);
  const cookie = header?.children.find((child) => child.name === "vcSessionCookie")?.text.trim();
  return { call, sessionCookie: cookie?.replace(/^"(.*)"$/, "$1") };
}

export const writeAnswer = (operation: string, result: string, namespace: string): string =>
  envelope(`<${operation}Response xmlns="${namespace}">${result}</${operation}Response>`);

export const writeFault = (fault: Fault, encoder: Encoder): string =>
  envelope(
    `<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>${escapeXml(fault.message)}</faultstring>` +
      `<detail><${fault.type}Fault xmlns="${VIM25}" ` +
      `xsi:type="${fault.type}">${encoder.fields(fault.type, fault.fields)}` +
      `</${fault.type}Fault></detail></soapenv:Fault>`,
  );
