import { run, toolbox } from "./toolbox";

export interface WireType {
  type: string;
  list: boolean;
  optional: boolean;
  /** A managed object's: a ManagedObjectReference on the wire. */
  reference: boolean;
  enum: boolean;
}

export interface WireField extends WireType {
  name: string;
  since: string;
}

export interface DescribedType {
  kind: "data" | "enum" | "managed";
  base?: string;
  since: string;
  /** Its own, without those of its base. */
  fields: WireField[];
  values?: string[];
}

export interface DescribedMethod {
  owner: string;
  since: string;
  parameters: WireField[];
  result: WireType | null;
  faults: string[];
}

/** vim25 and pbm as pyVmomi has them: written by VMware, from VMware's own definitions. */
export class PyvmomiTypes {
  private constructor(
    readonly version: string,
    private readonly types: Readonly<Record<string, DescribedType>>,
    private readonly methods: Readonly<Record<string, DescribedMethod>>,
  ) {}

  static async load(): Promise<PyvmomiTypes> {
    const { status, stdout, stderr } = await run([toolbox.python, "-B", toolbox.script("describe-types.py")]);
    if (status !== 0) throw new Error(`describe-types.py failed:\n${stderr}`);
    const answer = JSON.parse(stdout) as {
      version: string;
      types: Record<string, DescribedType>;
      methods: Record<string, DescribedMethod>;
    };
    return new PyvmomiTypes(answer.version, answer.types, answer.methods);
  }

  type(name: string): DescribedType | undefined {
    return this.types[name];
  }

  method(name: string): DescribedMethod | undefined {
    return this.methods[name];
  }

  /** All fields in the order of the wire, those of base types first. */
  fields(name: string): WireField[] {
    const type = this.types[name];
    return type ? [...(type.base ? this.fields(type.base) : []), ...type.fields] : [];
  }

  isA(name: string, base: string): boolean {
    const type = this.types[name];
    return name === base || (type?.base !== undefined && this.isA(type.base, base));
  }
}
