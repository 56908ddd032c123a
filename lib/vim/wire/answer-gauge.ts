/** What an answer may have of each before it is refused: more than any vCenter sends, and what a parser still takes. */
export interface AnswerLimits {
  bytes: number;
  /** Of `<`, `&` and `=` together: elements, references and attributes, which is what a parser's time goes by. */
  marks: number;
  depth: number;
}

/** A page of a hundred virtual machines with sixty devices each stays below half of it. */
export const ANSWER_LIMITS: AnswerLimits = { bytes: 32 * 1024 * 1024, marks: 1_000_000, depth: 200 };

const [OPEN, CLOSE, SLASH, AMPERSAND, EQUALS, BANG, QUESTION] = Buffer.from("<>/&=!?");

/**
 * Weighs an answer while it arrives, long before anybody parses it: parsing is one piece of work that no limit of time
 * could stop.
 */
export class AnswerGauge {
  private bytes = 0;
  private marks = 0;
  private depth = 0;
  private previous = 0;

  constructor(private readonly limits: AnswerLimits) {}

  /** What is too much with this chunk, as the end of a sentence; undefined while all is well. */
  add(chunk: Uint8Array): string | undefined {
    const { limits } = this;
    this.bytes += chunk.length;
    if (this.bytes > limits.bytes) return `it is longer than ${limits.bytes} bytes`;
    let { previous, marks, depth } = this;
    for (const byte of chunk) {
      if (previous === OPEN) {
        if (byte === SLASH) depth--;
        else if (byte !== BANG && byte !== QUESTION && ++depth > limits.depth)
          return `its elements are nested more than ${limits.depth} deep`;
      } else if (byte === CLOSE && previous === SLASH) depth--;
      if (byte === OPEN || byte === AMPERSAND || byte === EQUALS) marks++;
      previous = byte;
    }
    Object.assign(this, { previous, marks, depth });
    return marks > limits.marks
      ? `it has more than ${limits.marks} elements, attributes and references in it`
      : undefined;
  }
}
