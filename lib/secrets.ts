const LEAST_LENGTH = 8;
/** No word of any message is as long. */
const LONG_WORD = 28;
/** Words, ids (`vm-42`), addresses, versions and dates: what may stand in any text by its own right. */
const MAY_BE_A_WORD = [
  /^[\p{L}\s._:-]+$/u,
  /^[\p{L}_-]+\d{1,6}$/u,
  /^[\d\s.:/-]+$/,
  /^[\da-f]{4}:[\da-f]{2}:[\da-f.]+$/i,
];

/**
 * Whether a secret can be told from whatever else a text holds. A word, a number or a single letter can't: cutting it
 * out would garble texts that have nothing to do with it, and the gaps would tell what it is.
 */
function isDistinct(secret: string): boolean {
  const text = secret.trim();
  if (text.length < LEAST_LENGTH) return false;
  return text.length >= LONG_WORD || !MAY_BE_A_WORD.some((shape) => shape.test(text));
}

/**
 * Texts that may never be shown: passwords, keys, cookies, any number of them. What comes from outside (an answer, a
 * fault, an error of the system) goes through `clean` where it comes in; sentences of our own never do. What can't be
 * told from a word is not cut out: `isIndistinct` says so, for whoever reads the answer to a request that carried it.
 */
export class Secrets {
  /** Behind functions, so that whoever prints an object that holds them shows none. */
  readonly add: (...secrets: (string | undefined)[]) => void;
  readonly clean: (text: string) => string;
  /** Whether a text is a secret, or has one in it, that `clean` leaves where it is. */
  readonly isIndistinct: () => boolean;

  constructor(...known: (string | undefined)[]) {
    const spellings = new Set<string>();
    let indistinct = false;
    this.add = (...secrets) => {
      for (const secret of secrets) {
        if (!secret) continue;
        if (isDistinct(secret)) for (const spelling of spellingsOf(secret)) spellings.add(spelling);
        else indistinct = true;
      }
    };
    this.isIndistinct = () => indistinct;
    this.clean = (text) => {
      // The longest first: one may begin with another.
      const inOrder = [...spellings].sort((one, other) => other.length - one.length);
      return inOrder.reduce((clean, secret) => clean.replaceAll(secret, "(redacted)"), text);
    };
    this.add(...known);
  }

  /** The same value, every text in it cleaned, the names of its fields as well. */
  cleanAll<T>(value: T): T {
    if (typeof value === "string") return this.clean(value) as T;
    if (Array.isArray(value)) return value.map((item: unknown) => this.cleanAll(item)) as T;
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [this.clean(name), this.cleanAll<unknown>(item)]),
    ) as T;
  }
}

/** A secret as it stands, and as it stands inside JSON, XML, a URL and a header. */
function spellingsOf(secret: string): string[] {
  const xml = secret.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  return [
    secret,
    secret.trim(),
    JSON.stringify(secret).slice(1, -1),
    xml,
    xml.replace(/"/g, "&quot;").replace(/'/g, "&apos;"),
    new URLSearchParams({ "": secret }).toString().slice(1),
    encodeURIComponent(secret.replace(/\p{Cs}/gu, "\ufffd")),
    Buffer.from(secret).toString("base64"),
  ];
}
