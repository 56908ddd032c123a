/** What VMware Tools tell of a guest's network. The notation is explained in parse-schema.ts. */
export const guestNetworkTypes = `
NetIpConfigInfo @4.1
  ipAddress:NetIpConfigInfoIpAddress[]? dhcp:NetDhcpConfigInfo? autoConfigurationEnabled:boolean?
NetIpConfigInfoIpAddress @4.1
  ipAddress:string prefixLength:int origin:string? state:string? lifetime:dateTime?
GuestNicInfo
  network:string? ipAddress:string[]? macAddress:string? connected:boolean deviceConfigId:int
  dnsConfig:NetDnsConfigInfo?@4.1 ipConfig:NetIpConfigInfo?@4.1 netBIOSConfig:NetBIOSConfigInfo?@4.1
GuestStackInfo @4.1
  dnsConfig:NetDnsConfigInfo? ipRouteConfig:NetIpRouteConfigInfo? ipStackConfig:KeyValue[]?
  dhcpConfig:NetDhcpConfigInfo?
NetIpRouteConfigInfo @4.1
  ipRoute:NetIpRouteConfigInfoIpRoute[]?
NetIpRouteConfigInfoIpRoute @4.1
  network:string prefixLength:int gateway:NetIpRouteConfigInfoGateway
NetIpRouteConfigInfoGateway @4.1
  ipAddress:string? device:string?
`;
