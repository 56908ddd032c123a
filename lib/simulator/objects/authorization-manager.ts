import { mayDo } from "../core/roles";
import type { World } from "../core/world";
import { listOf } from "../value";
import type { DataObject } from "../value";
import { ManagedObject } from "./managed-object";
import type { Arguments, Call, Operations, Properties } from "./managed-object";

/** Tells who may do what. */
export class AuthorizationManager extends ManagedObject {
  constructor(world: World) {
    super(world, "AuthorizationManager", "AuthorizationManager");
  }

  override readonly properties: Properties = { privilegeList: () => [], roleList: () => [], description: () => ({ privilege: [], privilegeGroup: [] }) };

  override readonly operations: Operations = {
    HasPrivilegeOnEntity: {
      run: ({ privId }, call) => listOf(privId).map((privilege) => mayDo(call.session!.role, privilege as string)),
    },
    HasPrivilegeOnEntities: { run: (args, call) => onEntities(args, call) },
    HasUserPrivilegeOnEntities: { run: ({ entities, privId }, call) => onEntities({ entity: entities, privId }, call) },
    FetchUserPrivilegeOnEntities: {
      run: ({ entities }, call) =>
        listOf(entities).map((entity) => ({ entity, privileges: ["System.Anonymous", "System.View", "System.Read", ...call.session!.role.privileges] })),
    },
  };
}

const onEntities = ({ entity, privId }: Arguments, call: Call): DataObject[] =>
  listOf(entity).map((one) => ({
    entity: one,
    privAvailability: listOf(privId).map((privilege) => ({ privId: privilege, isGranted: mayDo(call.session!.role, privilege as string) })),
  }));
