// Converts flannel's net-conf.json to Heddle's settings (flannel: Documentation/configuration.md, backends.md).
import { ADDRESS_BITS, type Cidr, cidrOf, type Family, familyOf, tryParseAddr } from 'ip';
import * as z from 'zod';
import { HeddleError } from '../errors.ts';

/** Of flannel's option --kube-annotation-prefix. */
export const FLANNEL_ANNOTATION_PREFIX = 'flannel.alpha.coreos.com/';

export interface FromFlannel {
  /** For heddled.yaml, without settings that have Heddle's default. */
  readonly settings: FlannelEquivalent;
  /** The cluster's pod CIDRs, as flannel has them. */
  readonly networks: readonly string[];
  /** Arguments of `heddlectl cluster init`, for clusters whose source is etcd. */
  readonly clusterInit: readonly string[];
  /** One sentence for each value that has no counterpart, or another meaning. */
  readonly notes: readonly string[];
}

export interface FlannelEquivalent {
  readonly tunnel?: {
    readonly encapsulation?: 'cross-subnet' | 'never';
    readonly vni?: number;
    readonly port?: number;
  };
  readonly mtu?: number;
}

/** The default of the kernel's vxlan device, which is older than RFC 7348, and of flannel. */
const FLANNEL_PORT = 8472;
const IANA_PORT = 4789;

/** What an error says of a value of another kind. */
const text = z.string('text');
const flag = z.boolean('true or false');
function whole(min: number, max: number): z.ZodInt {
  const kind = `a whole number from ${min} to ${max}`;
  return z.int(kind).min(min, kind).max(max, kind);
}

const backend = z.object(
  {
    Type: text.default('vxlan'),
    VNI: whole(0, 0xff_ffff).default(1),
    Port: whole(1, 65_535).default(FLANNEL_PORT),
    DirectRouting: flag.default(false),
    MTU: whole(0, 65_535).optional(),
    GBP: flag.optional(),
  },
  'an object with a Type',
);

const netConf = z.object(
  {
    Network: text.optional(),
    IPv6Network: text.optional(),
    EnableIPv4: flag.default(true),
    EnableIPv6: flag.default(false),
    SubnetLen: whole(0, 32).default(24),
    IPv6SubnetLen: whole(0, 128).default(64),
    SubnetMin: text.optional(),
    SubnetMax: text.optional(),
    Backend: backend.prefault({}),
  },
  'an object with a Network',
);

type NetConf = z.infer<typeof netConf>;

/** Throws `INVALID_REQUEST` for text that is not a net-conf.json, and for a backend without a counterpart. */
export function fromFlannel(text: string): FromFlannel {
  const conf = parse(text);
  const settings = settingsOf(conf);
  const ipv4 = conf.EnableIPv4 ? networkIn(conf, 'Network', 'ipv4') : undefined;
  const ipv6 = conf.EnableIPv6 ? networkIn(conf, 'IPv6Network', 'ipv6') : undefined;
  if (ipv4 === undefined && ipv6 === undefined)
    throw notNetConf('EnableIPv4 and EnableIPv6 are false: it has no network');
  return {
    settings,
    networks: [ipv4, ipv6].filter(network => network !== undefined),
    clusterInit: [
      ...(ipv4 === undefined ? [] : ['--pod-cidr', ipv4, '--node-prefix', String(conf.SubnetLen)]),
      ...(ipv6 === undefined ? [] : ['--pod-cidr', ipv6, '--node-prefix6', String(conf.IPv6SubnetLen)]),
    ],
    notes: notesOn(conf),
  };
}

/** flannel does not start without it either. Bits of hosts are ignored, as flannel does. */
function networkIn(conf: NetConf, member: 'Network' | 'IPv6Network', family: Family): Cidr {
  const { [member]: text } = conf;
  if (text === undefined) throw notNetConf(`${member} is missing`);
  const [, address = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const addr = tryParseAddr(address);
  if (addr !== undefined && familyOf(addr) === family && Number(length) <= ADDRESS_BITS[family])
    return cidrOf(addr, Number(length));
  throw notNetConf(`${member} '${text}' is not a network of ${family === 'ipv4' ? 'IPv4' : 'IPv6'}`);
}

function parse(text: string): NetConf {
  const value = valueOf(text);
  const result = netConf.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path ?? [];
  const where = path.length === 0 ? 'the document' : path.join('.');
  throw notNetConf(`${where} is ${JSON.stringify(memberAt(value, path))}, and must be ${issue?.message}`);
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notNetConf('it is not JSON, such as {"Network": "10.244.0.0/16", "Backend": {"Type": "vxlan"}}');
  }
}

function memberAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((outer, key) => (outer as Readonly<Record<PropertyKey, unknown>>)[key], value);
}

function notNetConf(reason: string): HeddleError {
  return new HeddleError('INVALID_REQUEST', `this is not a net-conf.json of flannel: ${reason}`);
}

function settingsOf({ Backend: { Type, VNI, Port, DirectRouting, MTU } }: NetConf): FlannelEquivalent {
  const mtu = MTU === undefined ? {} : { mtu: MTU };
  if (Type === 'host-gw') return { tunnel: { encapsulation: 'never' }, ...mtu };
  if (Type !== 'vxlan')
    throw new HeddleError(
      'INVALID_REQUEST',
      `Backend.Type '${Type}' has no counterpart: Heddle has VXLAN (vxlan) and direct routing (host-gw); ` +
        'such a cluster is moved all at once',
    );
  const tunnel = {
    ...(DirectRouting && { encapsulation: 'cross-subnet' as const }),
    ...(VNI !== 1 && { vni: VNI }),
    ...(Port !== IANA_PORT && { port: Port }),
  };
  return { ...(Object.keys(tunnel).length > 0 && { tunnel }), ...mtu };
}

function notesOn({ SubnetMin, SubnetMax, Backend: { Type, Port, GBP } }: NetConf): string[] {
  return [
    ...(Type === 'vxlan' && Port === FLANNEL_PORT
      ? [
          `tunnel.port: ${FLANNEL_PORT} is kept for the firewall rules that allow it; Heddle's default is ${IANA_PORT} (RFC 7348)`,
        ]
      : []),
    ...(SubnetMin === undefined && SubnetMax === undefined
      ? []
      : ['SubnetMin and SubnetMax have no counterpart: nodes get subnets from the start of the range']),
    ...(GBP === true ? ['GBP has no counterpart: policy does not use the VXLAN header'] : []),
    'nodes of flannel and of Heddle reach each other meanwhile: docs/migration-from-flannel.md has the steps',
  ];
}
