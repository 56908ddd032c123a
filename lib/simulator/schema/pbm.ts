/** Storage policies, of the namespace urn:pbm. The notation is explained in parse-schema.ts. */
export const pbmTypes = `
PbmAboutInfo
  name:string version:string instanceUuid:string
PbmServiceInstanceContent
  aboutInfo:PbmAboutInfo sessionManager:&PbmSessionManager
  capabilityMetadataManager:&PbmCapabilityMetadataManager profileManager:&PbmProfileProfileManager
  complianceManager:&PbmComplianceManager placementSolver:&PbmPlacementSolver
  replicationManager:&PbmReplicationManager?@6.5
PbmProfileId
  uniqueId:string
PbmProfileResourceType
  resourceType:string
PbmServerObjectRef
  objectType:string key:string serverUuid:string?
PbmQueryProfileResult
  object:PbmServerObjectRef profileId:PbmProfileId[]? fault:LocalizedMethodFault?
PbmProfile
  profileId:PbmProfileId name:string description:string? creationTime:dateTime createdBy:string
  lastUpdatedTime:dateTime lastUpdatedBy:string
PbmCapabilityProfile : PbmProfile
  profileCategory:string resourceType:PbmProfileResourceType constraints:PbmCapabilityConstraints generationId:long?
  isDefault:boolean systemCreatedProfileType:string? lineOfService:string?@6.5 k8sCompliantName:string?@9.1
  otherK8sCompliantNames:string[]?@9.1
PbmCapabilityConstraints
PbmCapabilitySubProfileConstraints : PbmCapabilityConstraints
  subProfiles:PbmCapabilitySubProfile[]
PbmCapabilitySubProfile
  name:string capability:PbmCapabilityInstance[] forceProvision:boolean?
PbmCapabilityInstance
  id:PbmCapabilityMetadataUniqueId constraint:PbmCapabilityConstraintInstance[]
PbmCapabilityMetadataUniqueId
  namespace:string id:string
PbmCapabilityConstraintInstance
  propertyInstance:PbmCapabilityPropertyInstance[]
PbmCapabilityPropertyInstance
  id:string operator:string?@6.5 value:anyType
managed PbmServiceInstance
  content:PbmServiceInstanceContent
  PbmRetrieveServiceContent() PbmServiceInstanceContent
managed PbmProfileProfileManager
  PbmFetchResourceType() PbmProfileResourceType[]?
  PbmQueryProfile(resourceType:PbmProfileResourceType profileCategory:string?) PbmProfileId[]?
  PbmRetrieveContent(profileIds:PbmProfileId[]) PbmProfile[]
  PbmQueryAssociatedProfile(entity:PbmServerObjectRef) PbmProfileId[]?
  PbmQueryAssociatedProfiles(entities:PbmServerObjectRef[]) PbmQueryProfileResult[]?
  PbmQueryAssociatedEntity(profile:PbmProfileId entityType:string?) PbmServerObjectRef[]?
`;
