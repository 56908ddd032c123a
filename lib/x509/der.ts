/** Just enough of DER (ITU-T X.690) to write a certificate. Every function returns one encoded element. */

function element(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const header =
    length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  if (length > 0xffff) throw new RangeError(`DER element of ${length} bytes: this writer ends at 65535`);
  return Buffer.concat([Buffer.from(header), content]);
}

export const sequence = (...elements: Uint8Array[]): Buffer => element(0x30, Buffer.concat(elements));
export const set = (...elements: Uint8Array[]): Buffer => element(0x31, Buffer.concat(elements));
export const octetString = (content: Uint8Array): Buffer => element(0x04, content);
export const utf8String = (text: string): Buffer => element(0x0c, Buffer.from(text, "utf8"));
export const TRUE = element(0x01, Buffer.from([0xff]));

/** `[n] EXPLICIT`: a whole element inside. */
export const explicit = (n: number, inner: Uint8Array): Buffer => element(0xa0 | n, inner);

/** `[n] IMPLICIT` of a primitive type: bare content inside. */
export const implicit = (n: number, content: Uint8Array): Buffer => element(0x80 | n, content);

export function bitString(content: Uint8Array, unusedBits = 0): Buffer {
  return element(0x03, Buffer.concat([Buffer.from([unusedBits]), content]));
}

/** A non-negative integer from its big-endian bytes: shortest form, with a zero byte before a set top bit. */
export function unsignedInteger(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? Buffer.from([0]) : Buffer.from(bytes.subarray(first));
  return element(0x02, (digits[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), digits]) : digits);
}

export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const septets = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) septets.unshift((left & 0x7f) | 0x80);
    return septets;
  });
  return element(0x06, Buffer.from(bytes));
}

/** UTCTime up to 2049, GeneralizedTime from 2050, as RFC 5280 (4.1.2.5) asks; whole seconds. */
export function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]/g, "").slice(0, 14) + "Z";
  return date.getUTCFullYear() < 2050
    ? element(0x17, Buffer.from(digits.slice(2)))
    : element(0x18, Buffer.from(digits));
}
