import type { Rules } from "./rule";

/** What is looked at after a change, outside the guest and inside. */
export const VERIFICATION_RULES = {
  C3: {
    about: "virtualMachine",
    holds: "No device is left on the virtual machine that its host no longer shows",
    isKnown: ({ devices }) => devices !== undefined,
    broken: {
      missingDevice: ({ address, attachedAs, hostTitle }) =>
        attachedAs !== undefined && {
          summary: `The virtual machine still has ${address} (${attachedAs}), which host ${hostTitle} no longer shows`,
          why:
            "After a surprise removal neither the host nor the virtual machine shows the device; here the removal is " +
            "only half done.",
          remedy:
            `Take ${address} out of devices, which removes it by the virtual machine's own key, or put the drive ` +
            "back into its slot.",
          weight: "changeable",
          onlyDevice: address,
        },
    },
  },
  G1: {
    about: "virtualMachine",
    holds: "The guest shows each hot-added device",
    byHand: () =>
      "Run lspci in the guest after a hot-add: the device has to be there, told by its ids since its address may " +
      "differ.",
  },
  G2: {
    about: "virtualMachine",
    holds: "The guest no longer shows a device that was hot-removed",
    byHand: () => "Run lspci in the guest after a hot-remove: the device has to be gone.",
  },
  G3: {
    about: "virtualMachine",
    holds: "The guest no longer shows a device that was pulled out",
    byHand: () => "Run lspci in the guest after a surprise removal: the device has to be gone.",
  },
  G4: {
    about: "virtualMachine",
    holds: "The guest's operating system supports NVMe hot plug and surprise removal",
    byHand: ({ virtualMachine: vm }) =>
      (vm?.guestSupportsHotPlugPci
        ? `vSphere lists ${vm.guestId} with hot plug of PCI devices; check with `
        : "Check with ") +
      "the maker of the guest's operating system that it supports hot plug and surprise removal of NVMe devices, and " +
      "that it is a current stable release.",
    broken: {
      virtualMachine: ({ title, guestId, guestSupportsHotPlugPci }) =>
        guestSupportsHotPlugPci === false && {
          summary:
            `The guest operating system of virtual machine ${title} doesn't support hot plug of PCI devices: ` +
            `${guestId ?? "unknown"}`,
          why:
            "vSphere lists it without hot plug of PCI devices, so the guest may not see a device that comes while it " +
            "runs.",
          remedy:
            "Use a guest that supports hot plug and surprise removal of NVMe devices, in a current stable release.",
          weight: "advice",
        },
    },
  },
} satisfies Rules;
