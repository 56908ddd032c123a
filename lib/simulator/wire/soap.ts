import type { Fault } from "../fault";
import { escapeXml, parseXml, type XmlElement, XSD, XSI } from "./xml";
import { invalidRequest, VIM25 } from "./decode";
import type { Encoder } from "./encode";

const ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/";

const envelope = (body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="${ENVELOPE}" xmlns:xsd="${XSD}" ` +
  `xmlns:xsi="${XSI}">` +
  `<soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;

/** The element inside the Body: the call. */
export function readEnvelope(text: string): XmlElement {
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
  if (call.namespace !== VIM25) throw invalidRequest(`<${call.name}> is not of the namespace ${VIM25}`);
  return call;
}

export const writeAnswer = (operation: string, result: string): string =>
  envelope(`<${operation}Response xmlns="${VIM25}">${result}</${operation}Response>`);

export const writeFault = (fault: Fault, encoder: Encoder): string =>
  envelope(
    `<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>${escapeXml(fault.message)}</faultstring>` +
      `<detail><${fault.type}Fault xmlns="${VIM25}" ` +
      `xsi:type="${fault.type}">${encoder.fields(fault.type, fault.fields)}` +
      `</${fault.type}Fault></detail></soapenv:Fault>`,
  );
