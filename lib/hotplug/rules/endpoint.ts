import { isOlder } from "../../compare-versions";
import { printable } from "../../printable";
import type { Rules } from "./rule";

const MINIMUM_VERSION = "8.0.1.0";

/** One host that is down stops nobody else. */
const MEANWHILE = "What isn't on that host can be applied meanwhile.";

const mayBeVCenter = (apiType: string | undefined): boolean => apiType === undefined || apiType === "VirtualCenter";
const isTooOld = (version: string | undefined): boolean => version !== undefined && isOlder(version, MINIMUM_VERSION);

/** What is asked for, and whether it can be: the server, and what it sees of its host and of the virtual machine. */
export const ENDPOINT_RULES = {
  H0: {
    about: "endpoint",
    holds: "The endpoint is a vCenter, and its host is connected and installed statefully",
    isKnown: ({ endpoint, host }) =>
      endpoint?.apiType !== undefined &&
      (!host || (host.connected === true && host.bootedFromStatelessCache !== undefined)),
    byHand: () =>
      "vCenter doesn't tell how the host boots: check that ESXi is installed on a boot disk of its own, not booted " +
      "over the network (Auto Deploy).",
    broken: {
      endpoint: ({ apiType }) =>
        !mayBeVCenter(apiType) && {
          summary: `The server is not a vCenter (its API type is ${printable(apiType!)})`,
          why:
            "Hot plug of passthrough devices is asked of a vCenter that has the host in its inventory, not of a " +
            "single ESXi host.",
          remedy: "Set vsphere_server to the vCenter that manages the host.",
          weight: "fixed",
        },
      host: [
        ({ title, connected }) =>
          connected === false && {
            summary: `Host ${title} is not connected to vCenter`,
            why:
              "What the host and its virtual machines really have can't be seen, so nothing is changed and nothing " +
              "is taken for removed.",
            remedy: `Reconnect the host in vCenter, then plan again. ${MEANWHILE}`,
            weight: "changeable",
          },
        ({ title, bootedFromStatelessCache }) =>
          bootedFromStatelessCache === true && {
            summary: `Host ${title} was booted stateless`,
            why:
              "Hot plug asks for an ESXi that is installed on the host: what is set on a stateless one is gone after " +
              "a restart.",
            remedy: "Install ESXi on the host's own boot disk.",
            weight: "fixed",
          },
      ],
      virtualMachine: ({ title, connected }) =>
        connected === false && {
          summary:
            `Virtual machine ${title} is not reachable through its host ` + "(disconnected, orphaned or inaccessible)",
          why: "What it really has can't be seen, so nothing is changed and nothing is taken for removed.",
          remedy: `Bring the virtual machine and its host back into vCenter's sight, then plan again. ${MEANWHILE}`,
          weight: "changeable",
        },
    },
  },
  V1: {
    about: "endpoint",
    holds: "vCenter and the host are 8.0 Update 1 or later",
    isKnown: ({ endpoint, host }) =>
      endpoint?.apiVersion !== undefined &&
      (!host || (host.version !== undefined && host.fptHotplugSupported !== undefined)),
    broken: {
      endpoint: ({ apiType, apiVersion }) =>
        mayBeVCenter(apiType) &&
        isTooOld(apiVersion) && {
          summary: `vCenter is too old for hot plug: its API version is ${printable(apiVersion!)}`,
          why: "Hot plug of passthrough devices came with vSphere 8.0 Update 1 (API version 8.0.1.0).",
          remedy: "Upgrade vCenter, and the host, to 8.0 Update 1 or later.",
          weight: "fixed",
        },
      host: [
        ({ title, version }) =>
          isTooOld(version) && {
            summary: `Host ${title} is too old for hot plug: ESXi ${printable(version!)}`,
            why: "Hot plug of passthrough devices came with ESXi 8.0 Update 1.",
            remedy: "Upgrade the host to 8.0 Update 1 or later.",
            weight: "fixed",
          },
        ({ title, version, fptHotplugSupported }) =>
          !isTooOld(version) &&
          fptHotplugSupported === false && {
            summary: `Host ${title} does not offer hot plug of passthrough devices`,
            why: "Its capability fptHotplugSupported is false.",
            remedy:
              "Use a host whose server and ESXi support it: 8.0 Update 1 or later on hardware that VMware's " +
              "compatibility guide lists for it.",
            weight: "fixed",
          },
      ],
    },
  },
} satisfies Rules;
