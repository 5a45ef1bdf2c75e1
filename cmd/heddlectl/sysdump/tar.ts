// A tar archive of regular files (POSIX ustar), as one buffer.

export interface TarFile {
  /** At most 100 bytes. */
  readonly name: string;
  readonly content: Buffer;
}

const BLOCK = 512;
const MODE = '0000600';
/** Name and length of each field of the header, in order. */
const FIELDS = { name: 100, mode: 8, uid: 8, gid: 8, size: 12, mtime: 12, checksum: 8, type: 1 } as const;
const MAGIC_OFFSET = 257;

export function tarOf(files: readonly TarFile[], modifiedSeconds: number): Buffer {
  const entries = files.flatMap(file => [headerOf(file, modifiedSeconds), padded(file.content)]);
  return Buffer.concat([...entries, Buffer.alloc(2 * BLOCK)]);
}

function headerOf({ name, content }: TarFile, modifiedSeconds: number): Buffer {
  if (Buffer.byteLength(name) > FIELDS.name) throw new RangeError(`'${name}' is too long a name for tar`);
  const header = Buffer.alloc(BLOCK);
  const fields: Readonly<Record<keyof typeof FIELDS, string>> = {
    ...{ name, mode: MODE, uid: octal(0, 7), gid: octal(0, 7) },
    ...{ size: octal(content.length, 11), mtime: octal(modifiedSeconds, 11) },
    ...{ checksum: ' '.repeat(FIELDS.checksum), type: '0' },
  };
  let at = 0;
  for (const [field, length] of Object.entries(FIELDS)) {
    header.write(fields[field as keyof typeof FIELDS], at);
    at += length;
  }
  header.write('ustar\x0000', MAGIC_OFFSET);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)}\0 `, at - FIELDS.type - FIELDS.checksum);
  return header;
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)]);
}

function octal(value: number, digits: number): string {
  return Math.floor(value).toString(8).padStart(digits, '0');
}
