// Collects the items of a dump, each by itself: one that fails, hangs or grows is a line among what is missing.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { messageOf } from '../../../loader/errors.ts';
import { capture, type Captured } from './capture.ts';
import type { Item } from './items.ts';
import { redactDocument, type Redact } from './redact.ts';
import type { TarFile } from './tar.ts';

export interface DumpLimits {
  /** For everything together. */
  readonly milliseconds: number;
  readonly bytes: number;
  readonly itemMilliseconds: number;
  readonly itemBytes: number;
}

export interface Dump {
  readonly files: readonly TarFile[];
  /** 'name: why', in the order of the items. */
  readonly missing: readonly string[];
}

const AT_ONCE = 4;
/** Of a daemon on this machine. */
const FETCH_MS = 10_000;
const PIECE_BYTES = 64 << 10;
const CONFIGURATION = /^(config|cni)\//;

export async function collect(items: readonly Item[], redact: Redact, limits: DumpLimits): Promise<Dump> {
  const deadline = performance.now() + limits.milliseconds;
  const captured = new Map<Item, Captured>();
  const queue = [...items];
  let bytesLeft = limits.bytes;
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      const msLeft = Math.floor(deadline - performance.now());
      const own = {
        milliseconds: Math.min(limits.itemMilliseconds, msLeft),
        bytes: Math.min(limits.itemBytes, bytesLeft),
      };
      const taken = await take(item, own);
      bytesLeft = Math.max(0, bytesLeft - taken.text.length);
      captured.set(item, taken);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return dumpOf(items, captured, redact);
}

async function take(item: Item, limits: { milliseconds: number; bytes: number }): Promise<Captured> {
  if (limits.milliseconds <= 0) return { text: '', missing: 'the time of the whole dump was over' };
  if (limits.bytes <= 0) return { text: '', missing: 'the dump was as large as it may be' };
  const { from } = item;
  if ('argv' in from) return capture(from.argv, limits);
  try {
    if ('read' in from) return headOf(await from.read(), limits.bytes);
    if ('url' in from) return await fetched(from.url, limits);
    if ('path' in from) return partOfFile(from.path, from.part, limits.bytes);
  } catch (error) {
    return { text: '', missing: messageOf(error) };
  }
  return { text: '', missing: from.missing };
}

async function fetched(url: string, limits: { milliseconds: number; bytes: number }): Promise<Captured> {
  const response = await fetch(url, { signal: AbortSignal.timeout(Math.min(FETCH_MS, limits.milliseconds)) });
  return headOf(await response.text(), limits.bytes);
}

function headOf(text: string, bytes: number): Captured {
  if (text.length <= bytes) return { text };
  return { text: text.slice(0, text.lastIndexOf('\n', bytes) + 1), missing: `cut at ${bytes} bytes` };
}

/** Whole lines of it: half a line may hold half a secret. */
function partOfFile(path: string, part: 'beginning' | 'end', bytes: number): Captured {
  const fd = openSync(path, 'r');
  try {
    const offset = part === 'end' ? Math.max(0, fstatSync(fd).size - bytes) : 0;
    const read = readBytes(fd, offset, bytes);
    const text = read.toString();
    if (offset > 0)
      return { text: text.slice(text.indexOf('\n') + 1), missing: `its first ${offset} bytes are left out` };
    if (read.length < bytes) return { text };
    return { text: text.slice(0, text.lastIndexOf('\n') + 1), missing: `cut at ${bytes} bytes` };
  } finally {
    closeSync(fd);
  }
}

/** Files of /proc have no size, and are read in pieces. */
function readBytes(fd: number, offset: number, bytes: number): Buffer {
  const pieces: Buffer[] = [];
  let length = 0;
  while (length < bytes) {
    const piece = Buffer.alloc(Math.min(PIECE_BYTES, bytes - length));
    const count = readSync(fd, piece, 0, piece.length, offset + length);
    if (count === 0) break;
    pieces.push(piece.subarray(0, count));
    length += count;
  }
  return Buffer.concat(pieces);
}

function dumpOf(items: readonly Item[], captured: ReadonlyMap<Item, Captured>, redact: Redact): Dump {
  const taken = items.flatMap(item => {
    const one = captured.get(item);
    return one === undefined ? [] : [{ item, ...one }];
  });
  return {
    files: taken
      .filter(({ text }) => text !== '')
      .map(({ item, text }) => ({ name: item.name, content: Buffer.from(redactItem(item, text, redact)) })),
    missing: taken.flatMap(({ item, missing }) =>
      missing === undefined ? [] : [redact(`${item.name}: ${missing}`)],
    ),
  };
}

/** A configuration that cannot be parsed loses its comments at least. */
function redactItem({ name }: Item, text: string, redact: Redact): string {
  if (!CONFIGURATION.test(name)) return redact(text);
  return redact(redactDocument(text) ?? text.replaceAll(/#[^\n]*/g, '#'));
}
