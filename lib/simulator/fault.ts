import type { DataObject } from "./value";

/** A fault that the caller gets, by its vim25 type. */
export class Fault extends Error {
  constructor(
    readonly type: string,
    message: string,
    readonly fields: DataObject = {},
  ) {
    super(message);
  }

  /** As a LocalizedMethodFault, the form in which tasks and missing properties carry it. */
  localized(): DataObject {
    return { fault: { ...this.fields, $type: this.type }, localizedMessage: this.message };
  }
}
