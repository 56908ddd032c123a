import { isPrimitive, parseField, type TypeTable } from "./schema";
import { vim25Methods, type Method } from "./methods";
import { vim25Types } from "./types";

const header =
  '<?xml version="1.0" encoding="UTF-8"?>' +
  '<definitions targetNamespace="urn:vim25" xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:vim25="urn:vim25" ' +
  'xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xsd="http://www.w3.org/2001/XMLSchema">' +
  '<types><xsd:schema targetNamespace="urn:vim25" elementFormDefault="qualified">';

const reference =
  '<xsd:complexType name="ManagedObjectReference"><xsd:simpleContent><xsd:extension base="xsd:string">' +
  '<xsd:attribute name="type" type="xsd:string"/></xsd:extension></xsd:simpleContent></xsd:complexType>';

/** The WSDL that node-soap works from, made of the two tables: the schema's order has one home. */
export function wsdl(): string {
  const methods = Object.entries<Method>(vim25Methods);
  const each = (text: (name: string, method: Method) => string): string =>
    methods.map(([name, method]) => text(name, method)).join("");
  return (
    header +
    reference +
    Object.keys(vim25Types).map(complexType).join("") +
    each((name, { args, returns }) => {
      const request = element("_this", "ManagedObjectReference") + elements(args);
      return wrapper(name, request) + wrapper(`${name}Response`, returns ? element("returnval", returns) : "");
    }) +
    "</xsd:schema></types>" +
    each((name) => message(name) + message(`${name}Response`)) +
    '<portType name="VimPortType">' +
    each((name) => operation(name, ` message="vim25:${name}"`, ` message="vim25:${name}Response"`, "")) +
    '</portType><binding name="VimBinding" type="vim25:VimPortType"><soap:binding style="document" ' +
    'transport="http://schemas.xmlsoap.org/soap/http"/>' +
    each((name) => operation(name, "", "", '<soap:body use="literal"/>')) +
    '</binding><service name="VimService"><port name="VimPort" binding="vim25:VimBinding"><soap:address ' +
    'location="https://localhost/sdk"/></port></service>' +
    "</definitions>"
  );
}

function complexType(name: string): string {
  const { $extends: base, ...fields } = (vim25Types as TypeTable)[name]!;
  const sequence = `<xsd:sequence>${elements(fields)}</xsd:sequence>`;
  const content = base
    ? `<xsd:complexContent><xsd:extension base="vim25:${base}">${sequence}</xsd:extension></xsd:complexContent>`
    : sequence;
  return `<xsd:complexType name="${name}">${content}</xsd:complexType>`;
}

function elements(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, text]) => element(name, text))
    .join("");
}

function element(name: string, text: string): string {
  const { type, array, optional } = parseField(name, text);
  const occurs = (optional ? ' minOccurs="0"' : "") + (array ? ' maxOccurs="unbounded"' : "");
  return `<xsd:element name="${name}" type="${isPrimitive(type) ? "xsd" : "vim25"}:${type}"${occurs}/>`;
}

function wrapper(name: string, content: string): string {
  const sequence = `<xsd:sequence>${content}</xsd:sequence>`;
  return `<xsd:element name="${name}"><xsd:complexType>${sequence}</xsd:complexType></xsd:element>`;
}

function message(name: string): string {
  return `<message name="${name}"><part name="parameters" element="vim25:${name}"/></message>`;
}

function operation(name: string, input: string, output: string, body: string): string {
  return `<operation name="${name}"><input${input}>${body}</input><output${output}>${body}</output></operation>`;
}
