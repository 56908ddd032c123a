import type { Operations, Properties } from "../../core/operation";
import type { World } from "../../core/world";
import { type DataObject, Reference } from "../../value";
import { ManagedObject } from "../managed-object";
import { DEFAULT_COLLECTOR } from "../property-collector/property-collector";

/** Where every client begins. */
export class ServiceInstance extends ManagedObject {
  constructor(world: World) {
    super(world, "ServiceInstance", "ServiceInstance");
  }

  override readonly properties: Properties = {
    serverClock: () => this.world.now(),
    capability: () => ({ provisioningSupported: true, multiHostSupported: true, userShellAccessSupported: true }),
    content: () => this.content,
  };

  override readonly operations: Operations = {
    RetrieveServiceContent: { anonymous: true, run: () => this.content },
    CurrentTime: { run: () => this.world.now() },
  };

  private get content(): DataObject {
    return {
      rootFolder: this.world.root,
      propertyCollector: DEFAULT_COLLECTOR,
      viewManager: new Reference("ViewManager", "ViewManager"),
      about: this.world.options.about,
      setting: new Reference("OptionManager", "VpxSettings"),
      sessionManager: new Reference("SessionManager", "SessionManager"),
      authorizationManager: new Reference("AuthorizationManager", "AuthorizationManager"),
      eventManager: new Reference("EventManager", "EventManager"),
      taskManager: new Reference("TaskManager", "TaskManager"),
      searchIndex: new Reference("SearchIndex", "SearchIndex"),
    };
  }
}
