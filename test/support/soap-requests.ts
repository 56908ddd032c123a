import { parseXml, type XmlElement } from "../../lib/simulator/wire/xml";

/** Sends a SOAP envelope and gives back the answer's body and the session cookie that came with it. */
export type Transport = (
  envelope: string,
  headers: { cookie?: string; soapAction: string },
) => Promise<{ status: number; body: string; cookie?: string }>;

/** A fault as it came over the wire. */
export class SoapFault extends Error {
  constructor(
    readonly type: string,
    message: string,
    readonly detail: XmlElement,
  ) {
    super(message);
  }

  field(name: string): string | undefined {
    return find(this.detail, name)?.text;
  }
}

/** The type of the fault that a call ends with; "none" where it succeeds. */
export const faultOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "none",
    (fault: SoapFault) => fault.type,
  );

/** Writes SOAP by hand, so that the embedded vCenter is judged by its wire alone. */
export class SoapRequests {
  cookie?: string;
  version = "8.0.3.0";

  constructor(private readonly transport: Transport) {}

  /**
   * Calls `operation` on `target` ("VirtualMachine:vm-42") with its parameters as XML; answers the response element.
   */
  async call(operation: string, target: string, parameters = ""): Promise<XmlElement> {
    const [type, ...id] = target.split(":");
    return this.send(
      `<${operation} xmlns="urn:vim25"><_this type="${type}">${id.join(":")}</_this>${parameters}</${operation}>`,
    );
  }

  /** Calls what answers with a reference to an object: "Task:task-1". */
  async reference(operation: string, target: string, parameters = ""): Promise<string> {
    const { attributes, text } = find(await this.call(operation, target, parameters), "returnval")!;
    return `${attributes.get("type")}:${text}`;
  }

  /** Sends what stands in the body, as it is. */
  async send(body: string): Promise<XmlElement> {
    const envelope =
      `<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" ` +
      'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ' +
      `xmlns:xsd="http://www.w3.org/2001/XMLSchema"><e:Body>${body}</e:Body></e:Envelope>`;
    return this.raw(envelope);
  }

  async raw(text: string): Promise<XmlElement> {
    const answer = await this.transport(text, { cookie: this.cookie, soapAction: `"urn:vim25/${this.version}"` });
    this.cookie = answer.cookie ?? this.cookie;
    const content = parseXml(answer.body).children.find(({ name }) => name === "Body")!.children[0]!;
    if (content.name !== "Fault") return content;
    const detail = find(content, "detail")!.children[0]!;
    throw new SoapFault(detail.xsiType!.name, find(content, "faultstring")!.text, detail);
  }

  async login(user = "somebody", password = "anything"): Promise<void> {
    await this.call(
      "Login",
      "SessionManager:SessionManager",
      `<userName>${user}</userName><password>${password}</password>`,
    );
  }

  /** The values of an object's properties, by path; throws the fault of one that may not be read. */
  async read(target: string, ...paths: string[]): Promise<Record<string, XmlElement>> {
    const answer = await this.call(
      "RetrievePropertiesEx",
      "PropertyCollector:propertyCollector",
      `${filterSpec("specSet", target, paths)}<options/>`,
    );
    const missing = all(answer, "missingSet").map((set) => find(set, "fault")!)[0];
    if (missing)
      throw new SoapFault(
        find(missing, "fault")!.xsiType!.name,
        find(missing, "localizedMessage")!.text,
        find(missing, "fault")!,
      );
    const sets = all(answer, "propSet").map((set) => [find(set, "name")!.text, find(set, "val")!] as const);
    return Object.fromEntries(sets);
  }

  async text(target: string, path: string): Promise<string | undefined> {
    return (await this.read(target, path))[path]?.text;
  }

  /** Starts a task and waits for its end; throws the fault that it ended with. */
  async task(operation: string, target: string, parameters = ""): Promise<XmlElement> {
    const task = await this.reference(operation, target, parameters);
    const collector = await this.reference("CreatePropertyCollector", "PropertyCollector:propertyCollector");
    await this.call(
      "CreateFilter",
      collector,
      `${filterSpec("spec", task, ["info.state"])}<partialUpdates>false</partialUpdates>`,
    );
    for (let version = ""; ; ) {
      const updates = await this.call(
        "WaitForUpdatesEx",
        collector,
        `<version>${version}</version><options><maxWaitSeconds>60</maxWaitSeconds></options>`,
      );
      const state = all(updates, "val").at(-1)?.text;
      if (state === undefined) throw new Error(`${operation} did not end in time`);
      if (state === "success" || state === "error") break;
      version = find(updates, "version")!.text;
    }
    await this.call("DestroyPropertyCollector", collector);
    const { info } = await this.read(task, "info");
    const fault = find(info!, "error");
    if (fault)
      throw new SoapFault(
        find(fault, "fault")!.xsiType!.name,
        find(fault, "localizedMessage")!.text,
        find(fault, "fault")!,
      );
    return info!;
  }

  reconfigure(vm: string, spec: string): Promise<XmlElement> {
    return this.task("ReconfigVM_Task", `VirtualMachine:${vm}`, `<spec>${spec}</spec>`);
  }

  /** What a virtual machine has of fixed passthrough devices: key by address. */
  async attached(vm: string): Promise<Record<string, string>> {
    const path = "config.hardware.device";
    const devices = (await this.read(`VirtualMachine:${vm}`, path))[path]!.children.filter(
      ({ xsiType }) => xsiType?.name === "VirtualPCIPassthrough",
    );
    return Object.fromEntries(
      devices.map((device) => [find(find(device, "backing")!, "id")?.text ?? "dynamic", find(device, "key")!.text]),
    );
  }
}

export function filterSpec(element: string, target: string, paths: string[]): string {
  const [type, ...id] = target.split(":");
  const pathSet = paths.map((path) => `<pathSet>${path}</pathSet>`).join("");
  return (
    `<${element}><propSet><type>${type}</type>${pathSet}</propSet><objectSet><obj ` +
    `type="${type}">${id.join(":")}</obj></objectSet></${element}>`
  );
}

/** The first element of that name inside, at any depth. */
export function find(element: XmlElement, name: string): XmlElement | undefined {
  for (const child of element.children) {
    const found = child.name === name ? child : find(child, name);
    if (found) return found;
  }
  return undefined;
}

/** Every element of that name inside, at any depth. */
export function all(element: XmlElement, name: string): XmlElement[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...all(child, name)]);
}

export interface PassthroughBacking {
  address: string;
  /** Hexadecimal, as the wire has it. */
  deviceId: string;
  /** Signed, as the wire has it. */
  vendorId: number;
  systemId: string;
  key?: number;
}

export const addChange = ({ address, deviceId, vendorId, systemId, key = -1 }: PassthroughBacking, more = ""): string =>
  `<deviceChange><operation>add</operation><device xsi:type="VirtualPCIPassthrough"><key>${key}</key>` +
  "<backing " +
  `xsi:type="VirtualPCIPassthroughDeviceBackingInfo"><deviceName></deviceName><id>${address}</id>` +
  `<deviceId>${deviceId}</deviceId>` +
  `<systemId>${systemId}</systemId><vendorId>${vendorId}</vendorId></backing>${more}</device></deviceChange>`;

export const removeChange = (key: string | number): string =>
  "<deviceChange><operation>remove</operation><device " +
  `xsi:type="VirtualPCIPassthrough"><key>${key}</key></device></deviceChange>`;
