// Bytes made wrong, as a broken or hostile sender would: mostly still like something that is right.
import type { Random } from '../policy/random/random.ts';

type Mutation = (random: Random, bytes: Buffer) => Buffer;

/** Numbers at which lengths, offsets and addresses break. */
const EDGES = [0x00, 0x01, 0x04, 0x05, 0x3f, 0x40, 0x45, 0x4f, 0x60, 0x7f, 0x80, 0xfe, 0xff] as const;
const MAX_MUTATIONS = 4;
const MAX_INSERTED = 48;

/** One to four of them, one after the other; the original stays as it is. */
export function mutated(random: Random, original: Buffer): Buffer {
  let bytes: Buffer = Buffer.from(original);
  const times = 1 + random.int(MAX_MUTATIONS);
  for (let i = 0; i < times && bytes.length > 0; i++) bytes = random.pick(MUTATIONS)(random, bytes);
  return bytes;
}

const flipBit: Mutation = (random, bytes) => {
  const at = random.int(bytes.length);
  bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random.int(8)), at);
  return bytes;
};

const setByte: Mutation = (random, bytes) => {
  bytes.writeUInt8(random.chance(0.5) ? random.pick(EDGES) : random.int(256), random.int(bytes.length));
  return bytes;
};

const setWord: Mutation = (random, bytes) => {
  if (bytes.length < 2) return bytes;
  bytes.writeUInt16BE(
    random.pick([0, 1, bytes.length, 0xffff, random.int(0x10000)]),
    random.int(bytes.length - 1),
  );
  return bytes;
};

const cutEnd: Mutation = (random, bytes) => bytes.subarray(0, 1 + random.int(bytes.length));

const append: Mutation = (random, bytes) => Buffer.concat([bytes, noise(random)]);

const insert: Mutation = (random, bytes) => {
  const at = random.int(bytes.length);
  return Buffer.concat([bytes.subarray(0, at), noise(random), bytes.subarray(at)]);
};

const removePart: Mutation = (random, bytes) => {
  const at = random.int(bytes.length);
  const end = Math.min(bytes.length, at + 1 + random.int(MAX_INSERTED));
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
};

const copyPart: Mutation = (random, bytes) => {
  const length = 1 + random.int(Math.min(16, bytes.length));
  const from = random.int(bytes.length - length + 1);
  bytes.copyWithin(random.int(bytes.length - length + 1), from, from + length);
  return bytes;
};

const MUTATIONS: readonly Mutation[] = [
  ...[flipBit, flipBit, setByte, setByte, setWord, setWord],
  ...[cutEnd, append, insert, removePart, copyPart],
];

function noise(random: Random): Buffer {
  return Buffer.from(Array.from({ length: 1 + random.int(MAX_INSERTED) }, () => random.int(256)));
}
