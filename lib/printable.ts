/** No name of vCenter's is as long: eighty characters is what it takes. */
const MOST_CHARACTERS = 500;

/**
 * A text from an inventory as it may be printed: control characters, line breaks, terminal escapes and characters that
 * reorder or hide text are shown as `\u{…}`, so that a name can't pretend to be anything else. What is longer than any
 * name is cut, so that it can't bury the rest.
 */
export function printable(name: string): string {
  return printableUpTo(MOST_CHARACTERS, name);
}

/** The same of a text that may be longer than a name. */
export function printableUpTo(mostCharacters: number, text: string): string {
  const shown = text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters)}… (${text.length} characters)`;
  return shown.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
