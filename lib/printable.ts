/**
 * A name from an inventory as it may be printed: control characters, line breaks, terminal escapes and characters that
 * reorder or hide text are shown as `\u{…}`, so that a name can't pretend to be anything else.
 */
export function printable(name: string): string {
  return name.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
