/**
 * PCI ids are unsigned 16-bit numbers; vim25 carries them as signed shorts (Intel's 0x8086 is -32634), and a
 * passthrough backing's device id as a hex string. These four are the only places that know.
 */
export function fromSignedShort(value: number): number {
  return value & 0xffff;
}

export function toSignedShort(id: number): number {
  return (id << 16) >> 16;
}

/**
 * Reads a backing's `deviceId` as anybody may have written it: `a824`, `0xa824`, or as govc writes it, `-57dc`, the
 * signed value in hex. More than four digits can only be decimal. Undefined if it is none of them.
 */
export function parseDeviceId(text: string): number | undefined {
  const [, sign, prefix, digits] = /^(-?)(0x)?([\da-f]+)$/i.exec(text.trim()) ?? [];
  if (!digits) return undefined;
  const decimal = !prefix && digits.length > 4;
  const value = parseInt(digits, decimal ? 10 : 16) * (sign ? -1 : 1);
  return value >= -0x8000 && value <= 0xffff && (!decimal || /^\d+$/.test(digits)) ? fromSignedShort(value) : undefined;
}

/** A device id as vCenter wants it: four hex digits. A decimal number would be taken for hex: no power-on then. */
export function formatDeviceId(id: number): string {
  return id.toString(16).padStart(4, "0");
}
