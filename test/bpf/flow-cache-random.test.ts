// Random frames of settled flows, and random segments of both ends of a connection: with the cache and without, they become the
// same and teach conntrack the same.
import '../support/bpf/own-netns.ts';
import t from 'tap';
import { createDevices } from '../support/bpf/devices.ts';
import { Random } from '../support/policy/random/random.ts';
import { seedFrom } from '../support/policy/random/seed.ts';
import { conntrackRows, disagreements, openCacheNode, send, settle, usual } from './flow-cache/both-ways.ts';
import { KINDS, segmentOf, type Kind } from './flow-cache/variants.ts';
import { DIRECTIONS, reverseOf, type Direction } from './flow-cache/way.ts';

/** Of each direction and protocol, and of each direction; `make fuzz` asks for more. */
const FRAMES = 10 * Number(process.env['FUZZ_PER_ROW'] ?? 6);
const CONNECTIONS = Number(process.env['FUZZ_PER_ROW'] ?? 6);
const SEGMENTS = 25;
/** Outer and inner headers end before. */
const HEADERS = 130;
/** Without them the kernel runs no program. */
const ETHERNET_AND_IPV6 = 54;

t.setTimeout(1_800_000);
createDevices();
const seed = seedFrom(process.env);
const nodes = [openCacheNode(true), openCacheNode(false)] as const;
t.teardown(() => {
  for (const node of nodes) node[Symbol.dispose]();
});

function settleBoth(there: Direction, kind: Kind): void {
  for (const node of nodes) settle(node, there, kind);
}

/** A few bits or bytes of a frame are others, and it is shorter or longer. */
function spoiler(random: Random): (frame: Buffer) => Buffer {
  const edits = random.list(1, 3, () => ({
    at: random.int(HEADERS),
    bits: random.chance(0.5) ? 1 << random.int(8) : random.int(256),
  }));
  const cut = random.chance(0.125) ? random.int(60) : 0;
  const padding = random.chance(0.125) ? random.int(60) : 0;
  return frame => {
    const spoilt = Buffer.concat([frame, Buffer.alloc(padding, 7)]);
    for (const { at, bits } of edits)
      if (at < spoilt.length) spoilt.writeUInt8(spoilt.readUInt8(at) ^ bits, at);
    return spoilt.subarray(0, Math.max(ETHERNET_AND_IPV6, spoilt.length - cut));
  };
}

for (const there of DIRECTIONS)
  for (const [protocol, kind] of Object.entries(KINDS))
    t.test(`${there.name}, ${protocol}: ${FRAMES} frames, SEED=${seed}`, t => {
      const random = new Random(seed);
      settleBoth(there, kind);
      for (let frame = 1; frame <= FRAMES; frame++) {
        const variant = { ...usual(kind), spoil: spoiler(random) };
        const found = disagreements(nodes, node => send(node, there, variant));
        t.same(found, [], `frame ${frame}`);
        if (found.length > 0 || conntrackRows(nodes[1]).length !== 1) settleBoth(there, kind);
      }
      t.end();
    });

const FLAGS = [...Array<string>(6).fill('ACK'), 'PSH ACK', 'FIN ACK', 'RST', 'RST ACK', 'SYN', 'SYN ACK'];
/** How far an end's numbers move: within what conntrack lets pass, beyond it, to another connection's, back. */
const STEPS = [0, 0, 1_000, 60_000, 130_000, 200_000, 9_000_000, -100_000];

for (const there of DIRECTIONS) {
  const back = reverseOf(there);
  if (back !== undefined)
    t.test(`${there.name}: ${CONNECTIONS} connections of ${SEGMENTS} segments, SEED=${seed}`, t => {
      const random = new Random(seed);
      for (let connection = 1; connection <= CONNECTIONS; connection++) {
        settleBoth(there, KINDS.TCP);
        t.same(firstDisagreement(random, there, back), [], `connection ${connection}`);
      }
      t.end();
    });
}

function firstDisagreement(random: Random, there: Direction, back: Direction): readonly string[] {
  const moved = { there: 0, back: 0 };
  for (let segment = 1; segment <= SEGMENTS; segment++) {
    const from = random.pick(['there', 'back'] as const);
    moved[from] += random.pick(STEPS);
    const variant = segmentOf(from, random.pick(FLAGS), moved);
    const found = disagreements(nodes, node => send(node, from === 'there' ? there : back, variant));
    if (found.length > 0) return [`segment ${segment}, ${variant.name} from ${from}`, ...found];
  }
  return [];
}
