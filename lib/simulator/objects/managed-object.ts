import type { Operations, Properties } from "../core/operation";
import type { Session } from "../core/session";
import type { World, WorldObject } from "../core/world";
import { Reference } from "../value";

/** An object that clients name by reference: it answers for its properties and carries out its operations. */
export abstract class ManagedObject implements WorldObject {
  readonly ref: Reference;
  owner?: Session;
  properties: Properties = {};
  operations: Operations = {};

  constructor(
    readonly world: World,
    type: string,
    id: string,
  ) {
    this.ref = new Reference(type, id);
  }

  /**
   * Lets it answer and do what is written apart from its class. Whoever makes the object puts it together, so that
   * the class needs to know none of it.
   */
  offer({ properties = {}, operations = {} }: { properties?: Properties; operations?: Operations }): this {
    this.properties = { ...this.properties, ...properties };
    this.operations = { ...this.operations, ...operations };
    return this;
  }

  discard(): void {
    this.world.remove(this);
  }
}

/** What an ExtensibleManagedObject has. */
export const extensible: Properties = { availableField: () => [], value: () => [] };

export const refs = (objects: readonly { readonly ref: Reference }[]): Reference[] => objects.map(({ ref }) => ref);
