// What random worlds are made of: few values of everything, so that they collide.
import type { Labels, Protocol } from '../world.ts';
import type { Random } from './random.ts';

export const PROTOCOLS: readonly Protocol[] = ['TCP', 'UDP', 'SCTP'];
export const PORT_NAMES = ['web', 'dns', 'p-1'];
/** Edges, neighbours, and ends of prefixes. */
export const PORTS = [1, 2, 53, 79, 80, 81, 127, 128, 1023, 1024, 8080, 32767, 32768, 65534, 65535];
export const NAMESPACES = ['x', 'y', 'z'];
/** Most is in x, so that it meets there. */
export const CROWDED_NAMESPACES = ['x', 'x', 'x', 'y', 'z'];
export const NODES = ['n1', 'n2', 'n3'];

const LABEL_KEYS = ['app', 'role', 'constructor']; // the last is a property of every object
const LABEL_VALUES = ['a', 'b', ''];

/** Of pods, nodes and externals: the third number is the node's, so that prefixes contain some of each. */
export const CIDRS_V4 = [
  '0.0.0.0/0',
  '0.0.0.0/1',
  '10.0.0.0/8',
  '10.1.0.0/16',
  '10.1.0.0/22',
  '10.1.1.0/24',
  '10.1.2.0/24',
  '10.1.1.0/30',
  '10.1.1.2/31',
  '10.1.1.1/32',
  '10.1.1.2/32',
  '10.1.2.1/32',
  '10.2.0.0/16',
  '10.2.0.1/32',
  '10.2.0.0/30',
  '128.0.0.0/1',
  '192.0.2.0/24',
  '192.0.2.9/32',
  '255.255.255.255/32',
];

/** Some contain where IPv4 lies in the 16-byte form, ::ffff:0:0/96: they are IPv6 all the same. */
export const CIDRS_V6 = [
  '::/0',
  '::/1',
  '::/64',
  '::/80',
  '::fffe:0:0/95',
  '8000::/1',
  'fd00::/8',
  'fd00:1::/32',
  'fd00:1:1::/48',
  'fd00:1:2::/48',
  'fd00:1:1::/126',
  'fd00:1:1::1/128',
  'fd00:1:1::2/128',
  'fd00:1:2::1/128',
  'fd00:2::/32',
  'fd00:2::1/128',
  '2001:db8::/32',
  '2001:db8::9/128',
];

export const EXTERNALS: readonly (readonly string[])[] = [
  ['192.0.2.9', '2001:db8::9'],
  ['10.1.1.200', 'fd00:1:1::200'], // in a pod range, but nobody
  ['203.0.113.1', '::fffe:a01:101'],
  ['255.255.255.255', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['10.2.0.3', '::1:0:0:1'],
  ['127.255.255.255', '::a01:101'],
];

export function labels(random: Random): Labels {
  const keys = LABEL_KEYS.filter(() => random.chance(0.65));
  return Object.fromEntries(keys.map(key => [key, random.pick(LABEL_VALUES)]));
}

/** A LabelSelector; often the empty one. */
export function selector(random: Random): object {
  if (random.chance(0.25)) return {};
  const matchLabels = random.chance(0.6) ? { matchLabels: someLabels(random) } : {};
  const matchExpressions = random.chance(0.5)
    ? { matchExpressions: random.list(1, 2, () => requirement(random)) }
    : {};
  return { ...matchLabels, ...matchExpressions };
}

/** Whom a policy is for: mostly many. */
export function subjectSelector(random: Random): object {
  return random.chance(0.4) ? {} : selector(random);
}

/** As `selector`, often by the name that every namespace has as a label. */
export function namespaceSelector(random: Random): object {
  if (random.chance(0.6)) return selector(random);
  return { matchLabels: { 'kubernetes.io/metadata.name': random.pick(CROWDED_NAMESPACES) } };
}

function someLabels(random: Random): Labels {
  const keys = random.sample(LABEL_KEYS, random.chance(0.8) ? 1 : 2);
  return Object.fromEntries(keys.map(key => [key, random.pick(LABEL_VALUES)]));
}

function requirement(random: Random): object {
  const key = random.pick(LABEL_KEYS);
  const operator = random.pick(['In', 'NotIn', 'Exists', 'DoesNotExist']);
  if (operator === 'Exists' || operator === 'DoesNotExist') return { key, operator };
  return { key, operator, values: random.sample(LABEL_VALUES, 1 + random.int(2)) };
}
