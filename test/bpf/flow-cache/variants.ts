// Packets of a settled flow, each with something of its own: by the short way, or by the long one.
import { IPV4, MAC, UPLINK_MTU } from '../../support/bpf/cluster.ts';
import type { Context } from '../../support/bpf/table.ts';
import type { IpOptions, Packet } from '../../support/packet/packet.ts';
import type { Around } from './way.ts';

export const TCP = 6;
export const UDP = 17;
const [CLIENT, SERVER] = [40_000, 80];
const [SEQUENCE, ACKNOWLEDGED] = [1_000_001, 5_000_001];
/** More than conntrack lets pass without noting it. */
const FAR_AHEAD = 200_000;
const PAYLOAD = 'sixteen bytes ok';

export interface Flow {
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

/** `ip`: the flow's IP header. */
type Build = (ip: (options?: IpOptions) => Packet) => Packet;

export interface Variant {
  readonly name: string;
  readonly build: Build;
  readonly isShort: boolean;
  readonly around?: Around;
  readonly context?: Context;
  /** Bytes of the frame, changed as no sender would. */
  readonly spoil?: (frame: Buffer, ipAt: number) => Buffer;
  readonly only?: 'tunnel' | 'plain' | 'ipv4' | 'ipv6' | 'to a node';
}

export interface Kind {
  readonly flow: Flow;
  readonly usual: Build;
  readonly variants: readonly Variant[];
}

type Segment = Readonly<{
  flags?: string;
  sequence?: number;
  acknowledgement?: number;
  options?: string;
  headerWords?: number;
}>;

function segment(fields: Segment = {}, payload = PAYLOAD, options: IpOptions = {}): Build {
  const numbers = { flags: 'ACK', sequence: SEQUENCE, acknowledgement: ACKNOWLEDGED };
  return ip => ip(options).tcp(CLIENT, SERVER, { ...numbers, ...fields }, payload);
}

function datagram(payload = PAYLOAD, options: IpOptions = {}): Build {
  return ip => ip(options).udp(CLIENT, SERVER, payload);
}

/** Of either end, after the numbers of both have moved so far. */
export function segmentOf(
  from: 'there' | 'back',
  flags: string,
  moved: Readonly<Record<'there' | 'back', number>>,
): Variant {
  const asks = (SEQUENCE + moved.there) >>> 0;
  const answers = (ACKNOWLEDGED + moved.back) >>> 0;
  const [sequence, acknowledgement] = from === 'there' ? [asks, answers] : [answers, asks];
  const ports = from === 'there' ? ([CLIENT, SERVER] as const) : ([SERVER, CLIENT] as const);
  return long(flags, ip => ip().tcp(...ports, { flags, sequence, acknowledgement }, PAYLOAD));
}

/** From the end that is asked. */
export function answer(flags: string): Variant {
  const numbers = { flags, sequence: ACKNOWLEDGED, acknowledgement: SEQUENCE };
  return long(flags, ip => ip().tcp(SERVER, CLIENT, numbers));
}

/** To a SYN on the tuple of the flow. */
export function synAck(): Variant {
  const numbers = { flags: 'SYN ACK', sequence: FAR_AHEAD, acknowledgement: SEQUENCE + 1 };
  return long('SYN ACK', ip => ip().tcp(SERVER, CLIENT, numbers));
}

export function request(flags: string): Variant {
  return long(flags, segment({ flags }, ''));
}

type Carries = (payload?: string, options?: IpOptions) => Build;

function short(name: string, build: Build, more: Partial<Variant> = {}): Variant {
  return { name, build, isShort: true, ...more };
}

function long(name: string, build: Build, more: Partial<Variant> = {}): Variant {
  return { name, build, isShort: false, ...more };
}

const LONG_PAYLOAD = 'x'.repeat(UPLINK_MTU);

/** Of either protocol. */
function anyVariants(of: Carries): Variant[] {
  return [
    short('a longer one', of('x'.repeat(1200))),
    short('the last hop but one', of(PAYLOAD, { ttl: 2 })),
    ...[1, 2, 3].map(ecn =>
      short(`ECN ${ecn}`, of(PAYLOAD, { dscp: 10, ecn }), { around: { tunnel: { outer: { ecn } } } }),
    ),
    short('DSCP 63', of(PAYLOAD, { dscp: 63 })),
    short('padding behind it', of(), { spoil: frame => Buffer.concat([frame, Buffer.alloc(20, 1)]) }),
    short('another flow label', of(), { only: 'ipv6', spoil: patch(3, 7) }),
    long('its TTL is spent', of(PAYLOAD, { ttl: 1 })),
    long('longer than its path takes', of(LONG_PAYLOAD), { only: 'to a node' }),
    long('a fragment', of(), { only: 'ipv4', spoil: patch(6, 0x20) }),
    long('a later fragment', of(), { only: 'ipv4', spoil: patch(7, 5) }),
    long('another IP version', of(), { spoil: patch(0, 0x95) }),
    long('an IPv4 header of another length', of(), { only: 'ipv4', spoil: patch(0, 0x46) }),
    long('longer than its frame', of(), { only: 'ipv4', spoil: patch(2, 9) }),
    long('shorter than its headers', of(), { only: 'ipv4', spoil: patch(3, 30) }),
    long('another protocol', of(), { only: 'ipv4', spoil: patch(9, 132) }),
    long('a stranger sends it', of(), { only: 'plain', around: { source: MAC.stranger } }),
    long('to a stranger', of(), { only: 'plain', around: { destination: MAC.stranger } }),
    ...tunnelVariants(of),
  ];
}

function tunnelVariants(of: Carries): Variant[] {
  const inTunnel = { only: 'tunnel' } as const;
  return [
    short('outer DSCP and TTL', of(), { ...inTunnel, around: { tunnel: { outer: { dscp: 12, ttl: 3 } } } }),
    short('an outer checksum', of(), { ...inTunnel, around: { tunnel: { checksum: 'correct' } } }),
    long('outer CE for a sender without ECN', of(), {
      ...inTunnel,
      around: { tunnel: { outer: { ecn: 3 } } },
    }),
    ...[1, 3].map(ecn =>
      long(`outer ECN ${ecn}, inner 2`, of(PAYLOAD, { ecn: 2 }), {
        ...inTunnel,
        around: { tunnel: { outer: { ecn } } },
      }),
    ),
    long('from another node', of(), { ...inTunnel, around: { tunnel: { from: IPV4.farOverlayNode } } }),
    long('from no node', of(), { ...inTunnel, around: { tunnel: { from: IPV4.outside } } }),
    long('in another VNI', of(), { ...inTunnel, around: { tunnel: { vni: 8 } } }),
    long('without a VNI', of(), { ...inTunnel, around: { tunnel: { flags: 0 } } }),
    long('to another port', of(), { ...inTunnel, around: { tunnel: { port: 4790 } } }),
    long('its outer packet is shorter', of(), { ...inTunnel, spoil: frame => lengthenOuter(frame, -1) }),
    long('its outer packet is longer than the frame', of(), {
      ...{ ...inTunnel, spoil: frame => lengthenOuter(frame, 1) },
    }),
    long('cut short', of(), { ...inTunnel, spoil: frame => frame.subarray(0, -1) }),
    long('in a fragment', of(), { ...inTunnel, spoil: frame => patchOuter(frame, 6, 0x20) }),
  ];
}

export const KINDS: Readonly<Record<'TCP' | 'UDP', Kind>> = {
  TCP: {
    flow: { protocol: TCP, sourcePort: CLIENT, destinationPort: SERVER },
    usual: segment(),
    variants: [
      ...anyVariants((payload, options) => segment({}, payload, options)),
      short('an acknowledgement', segment({}, '')),
      short('pushed, with ECE and CWR', segment({ flags: 'PSH ACK ECE CWR' })),
      short('with timestamps', segment({ options: '0101080a0000000100000002' })),
      short('sent again', segment({ sequence: SEQUENCE - 1000 })),
      short(
        'a little further',
        segment({ sequence: SEQUENCE + 50_000, acknowledgement: ACKNOWLEDGED + 50_000 }),
      ),
      short('numbers of another connection', segment({ sequence: SEQUENCE + 2 ** 30 })),
      // A test run's has no type, so that no tunnel takes it: live-super-packet.test.ts sends real ones.
      long('a super-packet', segment({}, 'x'.repeat(2000)), { context: { gsoSize: 1000, gsoSegments: 2 } }),
      long('segments longer than its path takes', segment({}, 'x'.repeat(2000)), {
        ...{ only: 'to a node', context: { gsoSize: UPLINK_MTU, gsoSegments: 2 } },
      }),
      long('far ahead', segment({ sequence: SEQUENCE + FAR_AHEAD })),
      long('acknowledges far ahead', segment({ acknowledgement: ACKNOWLEDGED + FAR_AHEAD })),
      ...['SYN', 'SYN ACK', 'FIN ACK', 'RST', 'RST ACK', 'PSH'].map(flags => long(flags, segment({ flags }))),
      long('a header that is too short', segment({ headerWords: 4 })),
      long('a header that is too long', segment({ headerWords: 15 }, '')),
    ],
  },
  UDP: {
    flow: { protocol: UDP, sourcePort: CLIENT, destinationPort: SERVER },
    usual: datagram(),
    variants: [
      ...anyVariants(datagram),
      short('without a checksum', ip => ip().udp(CLIENT, SERVER, PAYLOAD, { checksum: 0 })),
      long('empty', datagram('')),
      long('a super-packet', datagram('x'.repeat(2000)), { context: { gsoSize: 1000, gsoSegments: 2 } }),
      long('to another port', ip => ip().udp(CLIENT, SERVER + 1, PAYLOAD)),
    ],
  },
};

/** Sets one byte of the IP header; its checksum is wrong then, which only the receiver minds. */
function patch(at: number, value: number): NonNullable<Variant['spoil']> {
  return (frame, ipAt) => {
    frame.writeUInt8(value, ipAt + at);
    return frame;
  };
}

const ETHERNET_BYTES = 14;

function patchOuter(frame: Buffer, at: number, value: number): Buffer {
  frame.writeUInt8(value, ETHERNET_BYTES + at);
  return frame;
}

/** By its own length field: what lies behind it is padding. */
function lengthenOuter(frame: Buffer, bytes: number): Buffer {
  const isIpv4 = frame.readUInt8(ETHERNET_BYTES) >> 4 === 4;
  const at = ETHERNET_BYTES + (isIpv4 ? 2 : 4);
  frame.writeUInt16BE(frame.readUInt16BE(at) + bytes, at);
  return frame;
}
