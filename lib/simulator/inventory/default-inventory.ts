import type { Inventory, InventoryDevice } from "./inventory";

const intel = (address: string, slot: number): InventoryDevice => ({
  address,
  slot,
  vendor: "8086",
  device: "0a54",
  subsystemVendor: "8086",
  subsystemDevice: "4702",
  vendorName: "Intel Corporation",
  name: "NVMe Datacenter SSD [3DNAND, Beta Rock Controller]",
});

const samsung = (address: string, slot: number): InventoryDevice => ({
  address,
  slot,
  vendor: "144d",
  device: "a824",
  subsystemVendor: "144d",
  subsystemDevice: "a801",
  vendorName: "Samsung Electronics Co Ltd",
  name: "NVMe SSD Controller PM173X",
});

/** What the embedded vCenter holds when nothing else is asked for. */
export const defaultInventory: Inventory = {
  vcenter: { version: "8.0.3", instanceUuid: "5a1d8f0e-6c1b-4f7e-9a52-3f0c8f6f1c01" },
  datacenter: "DC0",
  hosts: [
    {
      id: "host-12",
      name: "esx01.example.test",
      version: "8.0.3",
      vendor: "Dell Inc.",
      model: "PowerEdge R760",
      biosVersion: "2.1.5",
      uuid: "4c4c4544-0043-4410-8052-b9c04f4d3733",
      devices: [
        {
          address: "0000:02:00.0",
          class: "0200",
          vendor: "14e4",
          device: "165f",
          vendorName: "Broadcom Inc.",
          name: "NetXtreme BCM5720 Gigabit Ethernet",
          passthrough: "disabled",
        },
        {
          address: "0000:17:00.0",
          class: "0302",
          vendor: "10de",
          device: "26b9",
          vendorName: "NVIDIA Corporation",
          name: "AD102GL [L40S]",
          slot: 7,
        },
        intel("0000:3b:00.0", 1),
        intel("0000:3c:00.0", 2),
        intel("0000:3d:00.0", 3),
        intel("0000:3e:00.0", 4),
        samsung("0000:5e:00.0", 5),
        samsung("0000:5f:00.0", 6),
        samsung("0000:60:00.0", 8),
        samsung("0000:61:00.0", 9),
      ],
    },
    {
      id: "host-13",
      name: "esx02.example.test",
      version: "8.0.1",
      vendor: "HPE",
      model: "ProLiant DL380 Gen11",
      biosVersion: "1.48",
      uuid: "30373237-3132-4d32-3234-303730315250",
      devices: [
        { ...intel("0000:3b:00.0", 1), passthrough: "disabled", usedFor: "boot" },
        { ...intel("0000:3c:00.0", 2), passthrough: "disabled", usedFor: { datastore: "esx02-nvme" } },
        { ...samsung("0000:5e:00.0", 3), passthrough: "disabled" },
        { ...samsung("0000:5f:00.0", 4), passthrough: "disabled" },
      ],
    },
  ],
  virtualMachines: [
    {
      id: "vm-42",
      name: "db",
      host: "host-12",
      uuid: "42170f0a-1c0b-6a49-b0a3-2d1a5c4f0042",
      instanceUuid: "50170f0a-9d1e-4c3f-8f2a-7b6c5d4e0042",
    },
    {
      id: "vm-43",
      name: "cache",
      host: "host-12",
      uuid: "42170f0a-1c0b-6a49-b0a3-2d1a5c4f0043",
      instanceUuid: "50170f0a-9d1e-4c3f-8f2a-7b6c5d4e0043",
    },
    {
      id: "vm-44",
      name: "spare",
      host: "host-12",
      powerState: "poweredOff",
      uuid: "42170f0a-1c0b-6a49-b0a3-2d1a5c4f0044",
      instanceUuid: "50170f0a-9d1e-4c3f-8f2a-7b6c5d4e0044",
    },
    {
      id: "vm-45",
      name: "old",
      host: "host-13",
      powerState: "poweredOff",
      uuid: "42170f0a-1c0b-6a49-b0a3-2d1a5c4f0045",
      instanceUuid: "50170f0a-9d1e-4c3f-8f2a-7b6c5d4e0045",
      hardwareVersion: 19,
      motherboardLayout: "i440bxHostBridge",
      memoryReservationLockedToMax: false,
      fixedPassthruHotPlugEnabled: false,
    },
  ],
};
