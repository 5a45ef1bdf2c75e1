// Converts flannel's net-conf.json to Heddle's settings (flannel: Documentation/configuration.md, backends.md).
import { ADDRESS_BITS, type Cidr, cidrOf, type Family, familyOf, tryParseAddr } from 'ip';
import * as z from 'zod';
import { HeddleError, messageOf } from '../errors.ts';

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

const backend = z.object({
  Type: z.string().default('vxlan'),
  VNI: z.int().min(0).max(0xff_ffff).default(1),
  Port: z.int().min(1).max(65_535).default(FLANNEL_PORT),
  DirectRouting: z.boolean().default(false),
  MTU: z.int().optional(),
  GBP: z.boolean().optional(),
});

const netConf = z.object({
  Network: z.string().optional(),
  IPv6Network: z.string().optional(),
  EnableIPv4: z.boolean().default(true),
  EnableIPv6: z.boolean().default(false),
  SubnetLen: z.int().default(24),
  IPv6SubnetLen: z.int().default(64),
  SubnetMin: z.string().optional(),
  SubnetMax: z.string().optional(),
  Backend: backend.prefault({}),
});

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
  try {
    const result = netConf.safeParse(JSON.parse(text));
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? 'the document' : issue.path.join('.');
    throw new RangeError(`${where}: ${issue?.message ?? 'is invalid'}`);
  } catch (error) {
    throw notNetConf(messageOf(error));
  }
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
