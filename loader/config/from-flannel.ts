// What flannel's net-conf.json means in Heddle's settings (flannel: Documentation/configuration.md, backends.md).
import { z } from 'zod';
import { HeddleError } from '../errors.ts';

export interface FromFlannel {
  /** For heddled.yaml: nothing that is Heddle's default. */
  readonly settings: object;
  /** Arguments of `heddlectl cluster init`, for clusters whose source is etcd. */
  readonly clusterInit: readonly string[];
  /** A sentence each: what has no counterpart, or is another. */
  readonly notes: readonly string[];
}

/** The kernel's own port of the vxlan device, from before RFC 7348 had one: what flannel uses unless told otherwise. */
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

/** Throws `INVALID_REQUEST` for what is no net-conf.json, or a backend that Heddle has no counterpart of. */
export function fromFlannel(text: string): FromFlannel {
  const conf = parse(text);
  return {
    settings: settingsOf(conf),
    clusterInit: [
      ...(conf.EnableIPv4 && conf.Network
        ? ['--pod-cidr', conf.Network, '--node-prefix', String(conf.SubnetLen)]
        : []),
      ...(conf.EnableIPv6 && conf.IPv6Network
        ? ['--pod-cidr', conf.IPv6Network, '--node-prefix6', String(conf.IPv6SubnetLen)]
        : []),
    ],
    notes: notesOn(conf),
  };
}

function parse(text: string): NetConf {
  try {
    const result = netConf.safeParse(JSON.parse(text));
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    throw new RangeError(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is invalid'}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HeddleError('INVALID_REQUEST', `this is no net-conf.json of flannel: ${reason}`);
  }
}

function settingsOf({ Backend: { Type, VNI, Port, DirectRouting, MTU } }: NetConf): object {
  const mtu = MTU === undefined ? {} : { mtu: MTU };
  if (Type === 'host-gw') return { tunnel: { encapsulation: 'never' }, ...mtu };
  if (Type !== 'vxlan')
    throw new HeddleError(
      'INVALID_REQUEST',
      `Backend.Type '${Type}' has no counterpart: Heddle carries VXLAN (vxlan) and plain routes (host-gw)`,
    );
  const tunnel = {
    ...(DirectRouting && { encapsulation: 'cross-subnet' }),
    ...(VNI !== 1 && { vni: VNI }),
    ...(Port !== IANA_PORT && { port: Port }),
  };
  return { ...(Object.keys(tunnel).length > 0 && { tunnel }), ...mtu };
}

function notesOn({ SubnetMin, SubnetMax, Backend: { Type, Port, GBP } }: NetConf): string[] {
  return [
    ...(Type === 'vxlan' && Port === FLANNEL_PORT
      ? [
          `port ${FLANNEL_PORT} is kept, as firewalls have it: without 'tunnel.port' it would be ${IANA_PORT} (RFC 7348)`,
        ]
      : []),
    ...(SubnetMin === undefined && SubnetMax === undefined
      ? []
      : ['SubnetMin and SubnetMax have no counterpart: a range is cut from its beginning']),
    ...(GBP === true
      ? ['GBP has no counterpart, and the VXLAN header has no room for it: policy needs none']
      : []),
    'nodes of both kinds do not talk to each other: see docs/migration.md for the order of things',
  ];
}
