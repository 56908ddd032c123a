import { inflateRawSync } from "node:zlib";

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;

/**
 * One file of a zip archive (PKWARE's APPNOTE, sections 4.3 and 4.4), so that neither unzip nor a library is needed.
 */
export function readZipEntry(archive: Buffer, name: string): Buffer {
  let position = archive.readUInt32LE(endOfDirectory(archive) + 16);
  while (position + 46 <= archive.length && archive.readUInt32LE(position) === DIRECTORY_ENTRY) {
    const nameLength = archive.readUInt16LE(position + 28);
    if (archive.toString("utf8", position + 46, position + 46 + nameLength) === name) return content(archive, position);
    position += 46 + nameLength + archive.readUInt16LE(position + 30) + archive.readUInt16LE(position + 32);
  }
  throw new Error(`The archive has no file ${name}.`);
}

function endOfDirectory(archive: Buffer): number {
  for (let position = archive.length - 22; position >= 0; position--) {
    if (archive.readUInt32LE(position) === END_OF_DIRECTORY) return position;
  }
  throw new Error("This is not a zip archive.");
}

function content(archive: Buffer, entry: number): Buffer {
  const method = archive.readUInt16LE(entry + 10);
  const size = archive.readUInt32LE(entry + 20);
  const header = archive.readUInt32LE(entry + 42);
  const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
  const data = archive.subarray(start, start + size);
  if (method === STORED) return data;
  if (method === DEFLATED) return inflateRawSync(data);
  throw new Error(`Compression method ${method} is not known.`);
}
