import type { Arguments, Call, Operations, Properties } from "../../core/operation";
import { isAllowed } from "../../core/session";
import type { World } from "../../core/world";
import { type DataObject, listOf, type Reference } from "../../value";
import { ManagedObject } from "../managed-object";

/** Tells who may do what. */
export class AuthorizationManager extends ManagedObject {
  constructor(world: World) {
    super(world, "AuthorizationManager", "AuthorizationManager");
  }

  override readonly properties: Properties = {
    privilegeList: () => [],
    roleList: () => [],
    description: () => ({ privilege: [], privilegeGroup: [] }),
  };

  override readonly operations: Operations = {
    HasPrivilegeOnEntity: {
      run: ({ entity, privId }, call) =>
        listOf(privId).map((privilege) =>
          isAllowed(call.session!, this.world.get(entity as Reference), privilege as string),
        ),
    },
    HasPrivilegeOnEntities: { run: (args, call) => this.onEntities(args, call) },
    HasUserPrivilegeOnEntities: {
      run: ({ entities, privId }, call) => this.onEntities({ entity: entities, privId }, call),
    },
    FetchUserPrivilegeOnEntities: {
      run: ({ entities }, call) =>
        listOf(entities).map((entity) => ({
          entity,
          privileges: ["System.Anonymous", "System.View", "System.Read", ...call.session!.role.privileges],
        })),
    },
  };

  private onEntities({ entity, privId }: Arguments, call: Call): DataObject[] {
    return (listOf(entity) as Reference[]).map((ref) => ({
      entity: ref,
      privAvailability: (listOf(privId) as string[]).map((privilege) => ({
        privId: privilege,
        isGranted: isAllowed(call.session!, this.world.get(ref), privilege),
      })),
    }));
  }
}
