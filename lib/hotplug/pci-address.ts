/** A PCI address as vSphere writes it: domain, bus, slot and function in lower-case hex, `0000:3b:00.0`. */
export type PciAddress = string & { readonly __pciAddress: unique symbol };

const CANONICAL = /^[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/;
const RECOGNISABLE =
  /^\s*(?:pci)?[\s:@]*(?:([0-9a-f]{1,8})[:_-])?([0-9a-f]{1,3})[:_-]([0-9a-f]{1,2})[.:_-]([0-7])\s*$/i;
/** A domain of its own behind Intel VMD, as ESXi and Linux number it. */
const BEHIND_VMD = /^0*[1-9a-f][0-9a-f]{4,7}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/i;

export function isPciAddress(text: string): text is PciAddress {
  return CANONICAL.test(text);
}

/** Whether it lies behind Intel VMD, which takes drives together: they have a domain beyond four digits. */
export function isBehindVmd(address: string): boolean {
  return BEHIND_VMD.test(address.trim());
}

/**
 * What a malformed address may mean, hexadecimal first; none where it can't be read. ESXi writes decimal numbers in
 * some places: `97:0.0` in the error of a power-on, `PCI 0:97:0:0` in esxcli, `00000:097:00.0` in a .vmx.
 */
export function readPciAddress(text: string): PciAddress[] {
  const match = RECOGNISABLE.exec(text) as [string, string | undefined, string, string, string] | null;
  if (!match) return [];
  const [, domain = "0", bus, slot, func] = match;
  const parts = [domain, bus, slot];
  // Digits are filled up as vSphere does in hexadecimal; three of them for a bus are a decimal number's.
  const isVsphere = /^\d{4}(\d{4})?$/.test(domain) && bus.length === 2 && slot.length === 2;
  const mayBeDecimal = parts.every((part) => /^\d+$/.test(part)) && !isVsphere;
  const bases = [16, 10].filter((base) => (base === 16 ? bus.length <= 2 : mayBeDecimal));
  const readings = bases.map((base) => {
    const [inDomain, inBus, inSlot] = parts.map((part) => Number.parseInt(part, base).toString(16));
    return `${inDomain!.padStart(4, "0")}:${inBus!.padStart(2, "0")}:${inSlot!.padStart(2, "0")}.${func}`;
  });
  return [...new Set(readings)].filter(isPciAddress);
}

/** Asserts what has been checked before: a malformed address here is a bug. */
export function pciAddress(text: string): PciAddress {
  if (!isPciAddress(text)) throw new TypeError(`not a PCI address: ${JSON.stringify(text)}`);
  return text;
}
