// BPF iterators: a program that the kernel runs once for each of its tasks, sockets, maps, and that writes what it makes of them.
import { closeSync, readSync } from 'node:fs';
import { Command, tryBpf } from './bpf-call.ts';
import type { Codec } from './codec.ts';
import { check } from './errors.ts';
import { kernelStruct } from './kernel-struct.ts';
import type { Link } from './link.ts';

const createAttr = kernelStruct({ linkFd: 'u32', flags: 'u32' });
const CHUNK = 1 << 16;

/** Runs the iterator of a link from `attachIterator` or `attach`: all that the program wrote by `bpf_seq_write` or `bpf_seq_printf`. */
export function runIterator(link: Link): Buffer;
/** The same as records that follow one another, each as the codec has it. */
export function runIterator<T>(link: Link, codec: Codec<T>): T[];
export function runIterator<T>(link: Link, codec?: Codec<T>): Buffer | T[] {
  const result = tryBpf(Command.ITER_CREATE, createAttr.encode({ linkFd: link.fd.number }));
  const output = readAll(check(result, 'run', 'iterator'));
  if (codec === undefined) return output;
  const count = Math.floor(output.byteLength / codec.size);
  return Array.from({ length: count }, (_, index) => codec.decode(output, index * codec.size));
}

function readAll(fd: number): Buffer {
  const chunks: Buffer[] = [];
  try {
    for (;;) {
      const chunk = Buffer.alloc(CHUNK);
      const length = readSync(fd, chunk);
      if (length === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, length));
    }
  } finally {
    closeSync(fd);
  }
}
