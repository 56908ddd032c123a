import { createHmac } from "node:crypto";
import { formatHostKey, parseHostKey } from "../../lib/guest/host-key";
import { knownKeys } from "../../lib/guest/known-hosts";

/** A key of the right form, told from others by its last byte. */
function key(last: number, type = "ssh-ed25519"): string {
  const part = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  return `${type} ${Buffer.concat([part(Buffer.from(type)), part(Buffer.alloc(32, last))]).toString("base64")}`;
}

const [ONE, TWO, THREE] = [key(1), key(2), key(3)];
const accepted = (text: string, host: string, port = 22): string[] =>
  knownKeys(text, { host, port }).accepted.map(({ type, blob }) => `${type} ${blob.toString("base64")}`);

describe("a known_hosts file", () => {
  it("names a server plainly, with others, and with its address", () => {
    const text = `# comment\n\ndb.example.com,10.0.0.7 ${ONE} root@db\nother ${TWO}`;

    expect(accepted(text, "db.example.com")).toEqual([ONE]);
    expect(accepted(text, "10.0.0.7")).toEqual([ONE]);
    expect(accepted(text, "DB.example.com")).toEqual([ONE]);
    expect(accepted(text, "example.com")).toEqual([]);
  });

  it("names a server at another port in brackets, and at 22 without", () => {
    const text = `[db]:2222 ${ONE}\ndb ${TWO}`;

    expect(accepted(text, "db", 2222)).toEqual([ONE]);
    expect(accepted(text, "db")).toEqual([TWO]);
  });

  it("has patterns, and negations that win", () => {
    const text = `*.example.com,!db.example.com ${ONE}\n10.0.0.? ${TWO}`;

    expect(accepted(text, "web.example.com")).toEqual([ONE]);
    expect(accepted(text, "db.example.com")).toEqual([]);
    expect(accepted(text, "10.0.0.7")).toEqual([TWO]);
    expect(accepted(text, "10.0.0.77")).toEqual([]);
  });

  it("hashes names with a salt, port included", () => {
    const salt = Buffer.alloc(20, 7);
    const hashed = (name: string): string =>
      `|1|${salt.toString("base64")}|${createHmac("sha1", salt).update(name).digest("base64")}`;
    const text = `${hashed("db")} ${ONE}\n${hashed("[db]:2222")} ${TWO}`;

    expect(accepted(text, "db")).toEqual([ONE]);
    expect(accepted(text, "db", 2222)).toEqual([TWO]);
    expect(accepted(text, "web")).toEqual([]);
  });

  it("revokes keys, and takes no authority for a key", () => {
    const text = `@revoked * ${ONE}\n@cert-authority * ${TWO}\ndb ${THREE}\r\n`;
    const keys = knownKeys(text, { host: "db", port: 22 });

    expect(keys.revoked.map(formatHostKey)).toEqual([formatHostKey(parseHostKey(ONE)!)]);
    expect(accepted(text, "db")).toEqual([THREE]);
  });

  it("says nothing by a line that is no key", () => {
    expect(accepted("db ssh-ed25519 AAAA\ndb\ndb ssh-dss AAAAB3NzaC1kc3M=", "db")).toEqual([]);
  });
});
