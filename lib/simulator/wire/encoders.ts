import { compareVersions, parseVersion, type Version } from "../schema/parse-schema";
import { Encoder } from "./encode";

/** Whoever asks for a new version each time must not fill the memory. */
const MOST_ENCODERS = 16;

/** One encoder for each API version that clients speak: it remembers what that version knows. */
export class Encoders {
  private readonly encoders = new Map<string, Encoder>();

  /** @param newest the API version of the server */
  constructor(private readonly newest: Version) {}

  /** For the version of "urn:vim25/8.0.1.0", or the newest where none is named or a younger one. */
  for(soapAction = ""): Encoder {
    const text = /urn:vim25\/([\d.]+)/.exec(soapAction)?.[1];
    const asked = text === undefined ? this.newest : parseVersion(text);
    const version = compareVersions(asked, this.newest) < 0 ? asked : this.newest;
    const name = version.join(".");
    const encoder = this.encoders.get(name) ?? new Encoder(version);
    if (this.encoders.size >= MOST_ENCODERS) this.encoders.clear();
    this.encoders.set(name, encoder);
    return encoder;
  }
}
