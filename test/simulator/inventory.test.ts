import { parseInventory } from "../../lib/simulator/inventory/parse-inventory";

const host = (more: object): object => ({ hosts: [{ name: "esx01", ...more }] });

test.each([
  [4096, true],
  [{ configured: 4096, running: 1024 }, true],
  [-1, false],
  ["4096", false],
  [{ running: 1024 }, false],
])("maxIntrCookies can be one number, or what runs beside what is configured: %j", (maxIntrCookies, isTaken) => {
  const parse = (): unknown => parseInventory(host({ maxIntrCookies }), "test");
  if (isTaken) expect(parse).not.toThrow();
  else expect(parse).toThrow("test.hosts[0].maxIntrCookies");
});

test.each([
  ["0000:3b:00.0", true],
  ["10000:01:00.0", true],
  ["00010000:01:00.0", false],
  ["3b:00.0", false],
])("an address has four digits for its domain, or more behind Intel VMD: %s", (address, isTaken) => {
  const parse = (): unknown => parseInventory(host({ devices: [{ address, vendor: "8086", device: "0a54" }] }), "test");
  if (isTaken) expect(parse).not.toThrow();
  else expect(parse).toThrow("test.hosts[0].devices[0].address");
});
