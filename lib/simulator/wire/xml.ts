import { SaxesParser } from "saxes";

export interface XmlElement {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  /** The text directly inside, untrimmed. */
  text: string;
  /** What `xsi:type` names, its prefix resolved. */
  readonly xsiType?: { readonly namespace: string; readonly name: string };
}

export const XSI = "http://www.w3.org/2001/XMLSchema-instance";
export const XSD = "http://www.w3.org/2001/XMLSchema";

const MAXIMUM_DEPTH = 64;
const MAXIMUM_ELEMENTS = 200_000;

/** A document as a tree. Throws on anything that isn't well-formed, on a DOCTYPE and beyond the limits. */
export function parseXml(text: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true });
  const open: XmlElement[] = [];
  let root: XmlElement | undefined;
  let count = 0;
  const qualifiedName = (text?: string): XmlElement["xsiType"] => {
    if (text === undefined) return undefined;
    const [name, prefix = ""] = text.trim().split(":").reverse();
    // Clients of govmomi write xsd:string and never declare xsd; vCenter takes it.
    const namespace = parser.resolve(prefix) ?? (prefix === "xsd" ? XSD : undefined);
    if (namespace === undefined) throw new Error(`the prefix of "${text}" is not declared`);
    return { namespace, name: name! };
  };
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("doctype", () => {
    throw new Error("a document type declaration is not allowed");
  });
  parser.on("opentag", (tag) => {
    if (open.length >= MAXIMUM_DEPTH || ++count > MAXIMUM_ELEMENTS)
      throw new Error("the document is too deep or too large");
    const element: XmlElement = {
      name: tag.local,
      namespace: tag.uri,
      attributes: new Map(
        Object.values(tag.attributes).map((a) => [a.uri === XSI ? `xsi:${a.local}` : a.local, a.value]),
      ),
      children: [],
      text: "",
      xsiType: qualifiedName(Object.values(tag.attributes).find((a) => a.uri === XSI && a.local === "type")?.value),
    };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  const addText = (part: string): void => {
    const element = open.at(-1);
    if (element) element.text += part;
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("closetag", () => void open.pop());
  parser.write(text).close();
  return root!;
}

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;" };

// What XML 1.0 can't carry, half a surrogate pair included.
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Surrogate}]/gu;

/** Most text is like this. */
const PLAIN = /^[\t\n !#-%'-;=?-~]*$/;

/** Text as it may stand in an element or an attribute; what XML can't carry becomes U+FFFD. */
export const escapeXml = (text: string): string =>
  PLAIN.test(text) ? text : text.replace(FORBIDDEN, "\ufffd").replace(/[&<>"\r]/g, (character) => ESCAPES[character]!);
