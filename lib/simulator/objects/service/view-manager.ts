import type { Arguments, Call, Operations, Properties } from "../../core/operation";
import type { Session } from "../../core/session";
import type { World } from "../../core/world";
import { Fault } from "../../fault";
import { schema } from "../../schema/schema";
import { listOf, type Reference } from "../../value";
import { ManagedObject, refs } from "../managed-object";
import { ManagedEntity } from "../managed-entity";

/** A set of objects that a client keeps in order to select from it. */
abstract class View extends ManagedObject {
  constructor(world: World, type: string, session: Session) {
    super(world, type, `session[${session.key}]${world.options.identifiers.uuid()}`);
    this.owner = session;
  }

  override readonly operations: Operations = { DestroyView: { run: () => this.discard() } };
}

/** What is in a container, of some types, now and at each look. */
class ContainerView extends View {
  constructor(
    world: World,
    session: Session,
    private readonly container: ManagedEntity,
    private readonly types: readonly string[],
    private readonly recursive: boolean,
  ) {
    super(world, "ContainerView", session);
  }

  override readonly properties: Properties = {
    view: () => refs(this.inside(this.container)),
    container: () => this.container.ref,
    type: () => this.types,
    recursive: () => this.recursive,
  };

  private inside(container: ManagedEntity): ManagedEntity[] {
    return container.children.flatMap((child) => [
      ...(this.types.length === 0 || this.types.some((type) => schema.isA(child.ref.type, type)) ? [child] : []),
      ...(this.recursive ? this.inside(child) : []),
    ]);
  }
}

/** Objects that the client chose. */
class ListView extends View {
  constructor(
    world: World,
    session: Session,
    private list: Reference[],
  ) {
    super(world, "ListView", session);
  }

  override readonly properties: Properties = { view: () => this.list };

  override readonly operations: Operations = {
    DestroyView: { run: () => this.discard() },
    ModifyListView: {
      run: ({ add, remove }, call) => this.modify(listOf(add) as Reference[], listOf(remove) as Reference[], call),
    },
    ResetListView: { run: ({ obj }, call) => this.reset(listOf(obj) as Reference[], call) },
    ResetListViewFromView: {
      run: ({ view }, call) =>
        this.reset(listOf(this.world.get(view as Reference, call.session).properties["view"]?.()) as Reference[], call),
    },
  };

  private reset(list: Reference[], call: Call): Reference[] {
    this.list = [];
    return this.modify(list, [], call);
  }

  /** Answers what couldn't be found. */
  private modify(add: Reference[], remove: Reference[], call: Call): Reference[] {
    const out = new Set(remove.map(String));
    const known = new Set(this.list.map(String));
    const found = add.filter((ref) => this.world.find(ref, call.session));
    this.list = [
      ...this.list.filter((ref) => !out.has(String(ref))),
      ...found.filter((ref) => !known.has(String(ref))),
    ];
    this.world.changes.announce();
    return add.filter((ref) => !found.includes(ref));
  }
}

/** Makes views; they end with their session. */
export class ViewManager extends ManagedObject {
  constructor(world: World) {
    super(world, "ViewManager", "ViewManager");
  }

  override readonly properties: Properties = {
    viewList: () => [],
  };

  override readonly operations: Operations = {
    CreateContainerView: { run: (args, call) => this.createContainerView(args, call) },
    CreateListView: {
      run: ({ obj }, call) => this.world.add(new ListView(this.world, call.session!, listOf(obj) as Reference[])).ref,
    },
    CreateListViewFromView: {
      run: ({ view }, call) => {
        const list = listOf(this.world.get(view as Reference, call.session).properties["view"]?.()) as Reference[];
        return this.world.add(new ListView(this.world, call.session!, list)).ref;
      },
    },
  };

  private createContainerView({ container, type, recursive }: Arguments, call: Call): Reference {
    const entity = this.world.get(container as Reference, call.session);
    if (!(entity instanceof ManagedEntity))
      throw new Fault("InvalidArgument", "This is no container", { invalidProperty: "container" });
    const view = new ContainerView(this.world, call.session!, entity, listOf(type) as string[], recursive as boolean);
    return this.world.add(view).ref;
  }
}
