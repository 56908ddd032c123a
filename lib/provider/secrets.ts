/** Texts that may never be written or shown: collected as they become known, taken out of what leaves the process. */
export class Secrets {
  private readonly texts = new Set<string>();

  add(text: string | undefined): void {
    if (!text) return;
    this.texts.add(text);
    // As it stands inside JSON, too.
    this.texts.add(JSON.stringify(text).slice(1, -1));
  }

  readonly redact = (text: string): string =>
    [...this.texts].reduce((clean, secret) => clean.replaceAll(secret, "(redacted)"), text);
}
