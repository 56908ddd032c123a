import type { Operations, Properties } from "../../core/operation";
import { stableUuid } from "../../core/random";
import type { World } from "../../core/world";
import { Fault } from "../../fault";
import { type DataObject, listOf, Reference } from "../../value";
import { ManagedObject } from "../managed-object";

const content: DataObject = {
  aboutInfo: { name: "PBM", version: "2.0", instanceUuid: stableUuid("pbm") },
  sessionManager: new Reference("PbmSessionManager", "SessionManager"),
  capabilityMetadataManager: new Reference("PbmCapabilityMetadataManager", "CapabilityMetadataManager"),
  profileManager: new Reference("PbmProfileProfileManager", "ProfileManager"),
  complianceManager: new Reference("PbmComplianceManager", "complianceManager"),
  placementSolver: new Reference("PbmPlacementSolver", "placementSolver"),
};

/** Where every client of the storage policies begins. */
export class PbmServiceInstance extends ManagedObject {
  constructor(world: World) {
    super(world, "PbmServiceInstance", "ServiceInstance");
  }

  override readonly properties: Properties = { content: () => content };

  override readonly operations: Operations = { PbmRetrieveServiceContent: { run: () => content } };
}

const STORAGE: DataObject = { resourceType: "STORAGE" };

/** A policy that vCenter comes with, under the id that it has in every vCenter; its capabilities are left out. */
const preset = (uniqueId: string, name: string): DataObject => ({
  $type: "PbmCapabilityProfile",
  profileId: { uniqueId },
  name,
  description: "",
  creationTime: new Date(0),
  createdBy: "Temporary user handle",
  lastUpdatedTime: new Date(0),
  lastUpdatedBy: "Temporary user handle",
  profileCategory: "REQUIREMENT",
  resourceType: STORAGE,
  constraints: { $type: "PbmCapabilitySubProfileConstraints", subProfiles: [] },
  isDefault: false,
});

const POLICIES: readonly DataObject[] = [
  preset("aa6d5a82-1c88-45da-85d3-3d74b91a5bad", "vSAN Default Storage Policy"),
  preset("4d5f673c-536f-11e6-beb8-9e71128cae77", "VM Encryption Policy"),
];

const idOf = (profile: DataObject): string => (profile["profileId"] as DataObject)["uniqueId"] as string;

/** The storage policies: those that vCenter comes with, which no machine or disk has. */
export class PbmProfileManager extends ManagedObject {
  constructor(world: World) {
    super(world, "PbmProfileProfileManager", "ProfileManager");
  }

  override readonly operations: Operations = {
    PbmFetchResourceType: { run: () => [STORAGE] },
    PbmQueryProfile: {
      run: ({ resourceType, profileCategory }) =>
        (resourceType as DataObject)["resourceType"] === STORAGE["resourceType"]
          ? POLICIES.filter((one) => profileCategory === undefined || one["profileCategory"] === profileCategory).map(
              (one) => one["profileId"]!,
            )
          : [],
    },
    PbmRetrieveContent: {
      run: ({ profileIds }) => (listOf(profileIds) as DataObject[]).map((id) => policy(id["uniqueId"] as string)),
    },
    PbmQueryAssociatedProfile: { run: () => [] },
    PbmQueryAssociatedProfiles: {
      run: ({ entities }) => (listOf(entities) as DataObject[]).map((object) => ({ object, profileId: [] })),
    },
    PbmQueryAssociatedEntity: {
      run: ({ profile }) => {
        policy((profile as DataObject)["uniqueId"] as string);
        return [];
      },
    },
  };
}

function policy(id: string): DataObject {
  const found = POLICIES.find((one) => idOf(one) === id);
  if (!found) throw new Fault("InvalidArgument", `There is no storage policy ${id}`, { invalidProperty: "profileId" });
  return found;
}
