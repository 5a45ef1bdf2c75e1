// NIC profiles: how a lab's underlay differs from two perfect wires. `heddlectl lab up --nic` and the tests choose by name.

/** How a node is joined to the underlay. Each profile sets some of it. */
export interface NicSettings {
  /** Of the uplink, as `ethtool -K` has them. */
  readonly gro: boolean;
  readonly tso: boolean;
  readonly gso: boolean;
  readonly txChecksum: boolean;
  /** The switch's port hands super-packets over whole. A veth has GRO only behind a port that does not. */
  readonly superPackets: boolean;
  /** Of the frames that the switch sends to the node, one in so many; 0: none. */
  readonly corruptOneIn: number;
  readonly dropOneIn: number;
  readonly duplicateOneIn: number;
  readonly reorderOneIn: number;
  /** The switch tags what it sends to the node: 802.1p, VLAN 0. */
  readonly vlan0: boolean;
  /** Of the router's device in the node's subnet, bytes; 0: that of the underlay. */
  readonly routerMtu: number;
  /** What the router does with a packet that is larger. */
  readonly tooBig: 'answer' | 'discard' | 'fragment';
  readonly secondAddress: boolean;
  readonly secondNic: boolean;
  readonly vip: boolean;
}

export const DEFAULT_NIC: NicSettings = {
  gro: true,
  tso: true,
  gso: true,
  txChecksum: true,
  superPackets: false,
  corruptOneIn: 0,
  dropOneIn: 0,
  duplicateOneIn: 0,
  reorderOneIn: 0,
  vlan0: false,
  routerMtu: 0,
  tooBig: 'answer',
  secondAddress: false,
  secondNic: false,
  vip: false,
};

export interface NicProfile {
  /** One sentence. */
  readonly text: string;
  readonly settings: Partial<NicSettings>;
}

const ONE_IN = 100;
const ROUTER_MTU = 1_400;

export const NIC_PROFILES = {
  default: {
    text: 'GRO on at the uplinks; TSO and checksums left to the device; frames of the MTU at most arrive.',
    settings: {},
  },
  'super-packets': {
    text: 'The switch hands super-packets over whole, as veths do: nothing for GRO to merge.',
    settings: { superPackets: true },
  },
  'no-gro': { text: 'GRO off at the uplink.', settings: { gro: false } },
  'no-tso': { text: 'TSO off at the uplink: segments are cut in software.', settings: { tso: false } },
  'no-gso': {
    text: 'TSO and GSO off at the uplink: sockets of the node hand over single frames.',
    settings: { tso: false, gso: false },
  },
  'no-tx-checksum': {
    text: 'TX checksums (and so TSO) off at the uplink: sums are made in software.',
    settings: { tso: false, txChecksum: false },
  },
  vlan0: { text: 'Frames arrive with an 802.1p tag: VLAN 0.', settings: { vlan0: true } },
  corrupt: {
    text: `The path flips a byte of the payload in one frame of ${ONE_IN}; frames of 192 bytes or less stay whole.`,
    settings: { corruptOneIn: ONE_IN },
  },
  drop: { text: `The path loses one frame of ${ONE_IN}.`, settings: { dropOneIn: ONE_IN } },
  duplicate: {
    text: `The path delivers one frame of ${ONE_IN} twice.`,
    settings: { duplicateOneIn: ONE_IN },
  },
  reorder: {
    text: `The path delivers one frame of ${ONE_IN} a millisecond late.`,
    settings: { reorderOneIn: ONE_IN },
  },
  'small-mtu': {
    text: `A router between the nodes has an MTU of ${ROUTER_MTU}, and answers what is larger by ICMP.`,
    settings: { routerMtu: ROUTER_MTU, tooBig: 'answer' },
  },
  'silent-mtu': {
    text: `A router between the nodes has an MTU of ${ROUTER_MTU}, and discards what is larger without a word.`,
    settings: { routerMtu: ROUTER_MTU, tooBig: 'discard' },
  },
  fragment: {
    text: `A router between the nodes has an MTU of ${ROUTER_MTU}, and fragments IPv4 in spite of DF.`,
    settings: { routerMtu: ROUTER_MTU, tooBig: 'fragment' },
  },
  'second-address': {
    text: 'A second address of each family on the uplink, which no Node object names.',
    settings: { secondAddress: true },
  },
  'second-nic': {
    text: 'A second NIC, eth1, in a network of its own.',
    settings: { secondNic: true },
  },
  vip: {
    text: 'A virtual address of each family on the uplink, to which the router has a route.',
    settings: { vip: true },
  },
} as const satisfies Record<string, NicProfile>;

export type NicProfileName = keyof typeof NIC_PROFILES;

export const NIC_PROFILE_NAMES = Object.keys(NIC_PROFILES) as NicProfileName[];

/** A profile at every node, or at one. */
export interface NicChoice {
  readonly profile: NicProfileName;
  readonly node: string | undefined;
}

/** Of `PROFILE` or `PROFILE@NODE`. Throws a `RangeError` with one sentence. */
export function parseNicChoice(text: string): NicChoice {
  const [name = '', node, ...more] = text.split('@');
  const profile = NIC_PROFILE_NAMES.find(known => known === name);
  if (profile === undefined || more.length > 0 || node === '')
    throw new RangeError(
      `--nic cannot be '${text}': use ${NIC_PROFILE_NAMES.join(', ')}, or one of them at one node, as in vlan0@n1`,
    );
  return { profile, node };
}

/** What the choices come to at a node. Throws a `RangeError` when two of them contradict each other. */
export function nicOf(node: string, choices: readonly NicChoice[]): NicSettings {
  const setBy = new Map<string, NicProfileName>();
  let nic = DEFAULT_NIC;
  for (const { profile } of choices.filter(choice => choice.node === undefined || choice.node === node)) {
    const settings: Partial<NicSettings> = NIC_PROFILES[profile].settings;
    for (const key of Object.keys(settings) as (keyof NicSettings)[]) {
      const earlier = setBy.get(key);
      if (earlier !== undefined && nic[key] !== settings[key])
        throw new RangeError(`--nic ${earlier} and --nic ${profile} contradict each other at ${node}`);
      setBy.set(key, profile);
    }
    nic = { ...nic, ...settings };
  }
  return nic;
}
