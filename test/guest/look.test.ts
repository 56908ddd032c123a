import { Guest } from "../../lib/guest/guest";
import { layDrive, layLspci } from "./fake-drive";
import { realSshd, rootAccess, startSshd, type Sshd } from "./sshd";

realSshd("a look into a guest by a real OpenSSH server", () => {
  let sshd: Sshd;
  let guest: Guest;

  beforeAll(async () => {
    sshd = await startSshd({
      prepare: (root) => {
        layDrive(root, { address: "0000:13:00.0", controller: "nvme0", serial: "S64A", model: "PM1733" });
        layDrive(root, { address: "0000:1b:00.0", controller: "nvme1", serial: "S64B", namespaces: ["nvme1c1n1"] });
        layDrive(root, { address: "0000:23:00.0", driver: "vfio-pci" });
        layDrive(root, { address: "0000:02:00.0", classId: "020000", driver: "vmxnet3" });
        layLspci(root);
      },
    });
    guest = new Guest(rootAccess(sshd));
  });

  afterAll(async () => {
    guest.close();
    await sshd.close();
  });

  it("tells each drive's address, ids, driver, serial number, model and disks", async () => {
    const { drives } = await guest.look();

    expect(drives).toEqual([
      {
        address: "0000:13:00.0",
        classId: 0x0108,
        vendorId: 0x8086,
        deviceId: 0x0a54,
        driver: "nvme",
        serialNumber: "S64A",
        model: "PM1733",
        blockDevices: ["/dev/nvme0n1"],
      },
      expect.objectContaining({ address: "0000:1b:00.0", serialNumber: "S64B", blockDevices: ["/dev/nvme1n1"] }),
      expect.objectContaining({ address: "0000:23:00.0", driver: "vfio-pci", blockDevices: [] }),
    ]);
  });

  it("tells who holds a drive", async () => {
    const { holders } = await guest.look({ holdersOf: ["0000:13:00.0", "0000:23:00.0"] });

    expect(holders.get("0000:13:00.0")).toEqual({
      holders: [],
      unanswered: ["/dev/nvme0n1 can't be opened (error 2)"],
    });
    expect(holders.get("0000:23:00.0")).toEqual({
      holders: [expect.objectContaining({ what: "bound to the driver vfio-pci, which hands it to a program" })],
      unanswered: [],
    });
  });
});
