// The underlays that data has to cross unharmed, as profiles of lab/nic-profile.ts that go together.
import type { LabOptions } from '../../../lab/plan.ts';

export interface Underlay {
  readonly title: string;
  readonly nic: readonly string[];
  readonly underlay: LabOptions['underlay'];
  /** Whether all datagrams arrive that fit. */
  readonly loses: boolean;
  readonly duplicates: boolean;
  readonly corrupts: boolean;
  /** Of datagrams, where larger ones cannot arrive without a word from the path. */
  readonly maxDatagramBytes: number;
}

const FLAT = {
  underlay: 'flat',
  loses: false,
  duplicates: false,
  corrupts: false,
  maxDatagramBytes: 4_000,
} as const;
const ROUTED = { ...FLAT, underlay: 'routed' } as const;
/** No fragments, also under a router's MTU of 1400 with a tunnel's headers. */
const SMALL_DATAGRAM = 1_200;

const DEFAULT: Underlay = { title: 'default', nic: ['default'], ...FLAT };
const CORRUPT: Underlay = { title: 'corrupt', nic: ['corrupt'], ...FLAT, loses: true, corrupts: true };

const MORE: readonly Underlay[] = [
  { title: 'super-packets', nic: ['super-packets'], ...FLAT },
  { title: 'no-gro', nic: ['no-gro'], ...FLAT },
  { title: 'no-tso', nic: ['no-tso'], ...FLAT },
  { title: 'no-gso at one end', nic: ['no-gso@n1'], ...FLAT },
  { title: 'no-tx-checksum', nic: ['no-tx-checksum'], ...FLAT },
  { title: 'no-tx-checksum and no-gro at one end', nic: ['no-tx-checksum@n2', 'no-gro@n2'], ...FLAT },
  { title: 'vlan0', nic: ['vlan0'], ...FLAT },
  { title: 'corrupt, routed', nic: ['corrupt'], ...ROUTED, loses: true, corrupts: true },
  { title: 'drop', nic: ['drop'], ...FLAT, loses: true },
  { title: 'duplicate', nic: ['duplicate'], ...FLAT, duplicates: true },
  // A fragment that overtakes the first of its datagram has no ports: on a translated flow it is lost.
  { title: 'reorder', nic: ['reorder'], ...FLAT, maxDatagramBytes: SMALL_DATAGRAM },
  { title: 'reorder, fragments', nic: ['reorder'], ...FLAT, loses: true },
  { title: 'small-mtu', nic: ['small-mtu'], ...ROUTED, loses: true },
  { title: 'silent-mtu', nic: ['silent-mtu'], ...ROUTED, maxDatagramBytes: SMALL_DATAGRAM },
  { title: 'fragment', nic: ['fragment'], ...ROUTED, loses: true },
  { title: 'more addresses', nic: ['second-address', 'second-nic', 'vip'], ...FLAT },
  {
    title: 'everything at once',
    nic: ['vlan0', 'corrupt', 'drop', 'duplicate', 'reorder', 'second-address', 'second-nic', 'vip'],
    ...{ ...FLAT, loses: true, duplicates: true, corrupts: true },
  },
];

/** A pair, unless NIC_PROFILES says `all` (`make test-profiles`) or their titles, separated by commas. */
export const UNDERLAYS: readonly Underlay[] = chosen(process.env['NIC_PROFILES']);

function chosen(titles: string | undefined): readonly Underlay[] {
  const every = [DEFAULT, CORRUPT, ...MORE];
  if (titles === undefined) return [DEFAULT, CORRUPT];
  if (titles === 'all') return every;
  const named = every.filter(({ title }) => titles.split(',').includes(title));
  if (named.length === 0)
    throw new Error(`no underlay is '${titles}': ${every.map(({ title }) => title).join(', ')}`);
  return named;
}
