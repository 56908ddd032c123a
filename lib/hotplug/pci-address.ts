/** A PCI address as vSphere writes it: domain, bus, slot and function in lower-case hex, `0000:3b:00.0`. */
export type PciAddress = string & { readonly __pciAddress: unique symbol };

const CANONICAL = /^[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/;
const RECOGNISABLE =
  /^\s*(?:pci)?[\s:@]*(?:([0-9a-f]{1,8})[:_-])?([0-9a-f]{1,2})[:_-]([0-9a-f]{1,2})[.:_-]([0-7])\s*$/i;

export function isPciAddress(text: string): text is PciAddress {
  return CANONICAL.test(text);
}

/** The spelling that a malformed address should probably have; undefined where no guess is safe. */
export function suggestPciAddress(text: string): PciAddress | undefined {
  const [, domain = "0", bus, slot, func] = RECOGNISABLE.exec(text) ?? [];
  if (bus === undefined || slot === undefined) return undefined;
  const hex = (part: string, width: number): string =>
    part
      .toLowerCase()
      .replace(/^0+(?=.)/, "")
      .padStart(width, "0");
  const guess = `${hex(domain, 4)}:${hex(bus, 2)}:${hex(slot, 2)}.${func}`;
  return isPciAddress(guess) ? guess : undefined;
}

/** Asserts what has been checked before: a malformed address here is a bug. */
export function pciAddress(text: string): PciAddress {
  if (!isPciAddress(text)) throw new TypeError(`not a PCI address: ${JSON.stringify(text)}`);
  return text;
}
