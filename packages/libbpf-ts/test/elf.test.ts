import t from 'tap';
import { BpfError, readObject } from '../src/index.ts';
import { objectBytes } from './support/objects.ts';

t.test('what is no BPF object is refused with a sentence', t => {
  t.throws(() => readObject(new Uint8Array(0)), { code: 'EINVAL', message: /no ELF file/ });
  t.throws(() => readObject(Buffer.from('#!/bin/sh\n'.repeat(20))), { message: /no ELF file/ });
  const bytes = Uint8Array.from(objectBytes('refused'));
  bytes[18] = 62; // EM_X86_64
  t.throws(() => readObject(bytes), { code: 'EINVAL', message: /another machine/ });
  bytes[5] = 2; // big endian
  t.throws(() => readObject(bytes), { code: 'EINVAL', message: /little endian/ });
  t.end();
});

t.test('an object cut at any byte is refused or read, never misread into another error', t => {
  const bytes = objectBytes('refused');
  let refused = 0;
  for (let length = 0; length < bytes.byteLength; length++) {
    try {
      readObject(bytes.subarray(0, length));
    } catch (error) {
      if (!(error instanceof BpfError)) throw error;
      refused++;
    }
  }
  // Section headers stand at the end; of the last one only the tail is never looked at.
  t.ok(refused >= bytes.byteLength - 64);
  t.end();
});

t.test('an object with any byte of its type information changed is refused or read', t => {
  const original = objectBytes('refused');
  const section = readObject(original).sections.find(({ name }) => name === '.BTF');
  const start = (section?.bytes.byteOffset ?? 0) - original.byteOffset;
  t.ok(start > 0);
  for (let at = start; at < start + (section?.size ?? 0); at++) {
    const bytes = Uint8Array.from(original);
    bytes[at] = 0xff;
    try {
      readObject(bytes);
    } catch (error) {
      if (!(error instanceof BpfError)) throw error;
    }
  }
  t.end();
});
