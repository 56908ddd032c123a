import { deflateRawSync } from "node:zlib";
import { readZipEntry } from "./zip";

/** A zip archive with the two ways of keeping a file, as the format's description lays it out. */
function archive(files: { name: string; content: Buffer; deflated: boolean }[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, deflated } of files) {
    const data = deflated ? deflateRawSync(content) : content;
    const local = Buffer.alloc(30 + name.length + 4);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    local.writeUInt16LE(4, 28);
    local.write(name, 30);
    const entry = Buffer.alloc(46 + name.length);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(deflated ? 8 : 0, 10);
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    entry.write(name, 46);
    parts.push(local, data);
    directory.push(entry);
    offset += local.length + data.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

const LICENSE = Buffer.from("license");
const PROGRAM = Buffer.from("program ".repeat(500));
const ZIP = archive([
  { name: "LICENSE", content: LICENSE, deflated: false },
  { name: "tofu", content: PROGRAM, deflated: true },
]);

test("a file is found behind others and unpacked, stored or deflated", () => {
  expect(readZipEntry(ZIP, "tofu").equals(PROGRAM)).toBe(true);
  expect(readZipEntry(ZIP, "LICENSE").equals(LICENSE)).toBe(true);
});

test("a missing file and something that is no archive are errors", () => {
  expect(() => readZipEntry(ZIP, "terraform")).toThrow("The archive has no file terraform.");
  expect(() => readZipEntry(Buffer.from("no such thing, but long enough"), "tofu")).toThrow("not a zip archive");
});
