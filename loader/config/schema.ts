// Every setting of the daemon: file keys, flags, environment variables and their documentation are derived from this schema.
import * as z from 'zod';
import * as form from './forms.ts';
import { setting } from './setting.ts';
import { sourceKinds, sourceSettings } from './source-kinds.ts';
import { wordList } from './word-list.ts';
import { FLANNEL_ANNOTATION_PREFIX } from './from-flannel.ts';

/** host-local's own default (its `dataDir`). */
export const HOST_LOCAL_DIRECTORY = '/var/lib/cni/networks';

const PORT = 'a UDP port, 1 to 65535';
const ENTRIES = 'a whole number, 16 to 16777216';
const BOOLEAN = 'true or false';

const source = z.strictObject({
  kind: setting(z.enum(sourceKinds).default('manifests'), {
    help: 'Where Nodes, Namespaces, Pods and policies are read from',
    expects: wordList(sourceKinds, 'or'),
  }),
  ...sourceSettings,
});

const tunnel = z
  .strictObject({
    encapsulation: setting(z.enum(['always', 'cross-subnet', 'never']).default('always'), {
      help: 'Destinations that are encapsulated, the same on every node; cross-subnet routes directly to nodes on a connected subnet',
      expects: 'always, cross-subnet or never',
    }),
    kernelVxlan: setting(z.enum(['auto', 'never']).default('auto'), {
      help: "Whether the overlay device is the kernel's vxlan, where the kernel has it; never: a device of the programs alone",
      expects: 'auto or never',
    }),
    port: setting(form.port.default(4789), {
      help: 'UDP port of the overlay (RFC 7348), the same on every node',
      expects: PORT,
    }),
    vni: setting(z.int().min(0).max(0xff_ffff).default(1), {
      help: 'VXLAN network identifier of the cluster, the same on every node',
      expects: 'a whole number, 0 to 16777215',
    }),
    family: setting(z.enum(['auto', 'ipv4', 'ipv6']).default('auto'), {
      help: 'Family of the outer headers; auto is IPv4 where both nodes have it',
      expects: 'auto, ipv4 or ipv6',
    }),
    sourcePortMin: setting(form.port.default(49_152), { help: 'Lowest outer source port', expects: PORT }),
    sourcePortMax: setting(form.port.default(65_535), { help: 'Highest outer source port', expects: PORT }),
  })
  .prefault({});

const maps = z
  .strictObject({
    endpoints: setting(form.mapEntries.default(262_144), {
      help: 'Capacity of hd_endpoint: addresses of pods and nodes of the whole cluster',
      expects: ENTRIES,
    }),
    routes: setting(form.mapEntries.default(65_536), {
      help: 'Capacity of hd_route: pod CIDRs and addresses of nodes',
      expects: ENTRIES,
    }),
    services: setting(form.mapEntries.default(65_536), {
      help: 'Capacity of hd_service: addresses of Services, each with a port and a protocol',
      expects: ENTRIES,
    }),
    backends: setting(form.mapEntries.default(262_144), {
      help: 'Capacity of hd_backend, and of hd_backend_info: endpoints of Services, and those that a change replaces',
      expects: ENTRIES,
    }),
    conntrack: setting(form.conntrackEntries.default(0), {
      help: 'Capacity of hd_ct, and of hd_ct_unassured: flows; 0: by the size of memory, as nf_conntrack_max, 262144 above 4 GiB, 65536 above 1 GiB',
      expects: `0 or ${ENTRIES}`,
    }),
    cidrs: setting(form.mapEntries.default(262_144), {
      help: 'Capacity of hd_cidr: prefixes of policies',
      expects: ENTRIES,
    }),
    policyPeers: setting(form.mapEntries.default(262_144), {
      help: 'Capacity of hd_policy_peer: pairs of a policy of a pod of this node and a peer identity',
      expects: ENTRIES,
    }),
    ruleSets: setting(form.mapEntries.default(524_288), {
      help: 'Capacity of hd_rule_set: verdicts by protocol and port prefix',
      expects: ENTRIES,
    }),
    rules: setting(form.mapEntries.default(262_144), {
      help: 'Capacity of hd_rule: names of policy rules, for reports',
      expects: ENTRIES,
    }),
    policies: setting(form.mapEntries.default(65_536), {
      help: 'Capacity of hd_policy_name: policies that select a pod of this node',
      expects: ENTRIES,
    }),
  })
  .prefault({});

const flannel = z
  .strictObject({
    nodes: setting(z.enum(['auto', 'off']).default('auto'), {
      help: "Migration from flannel: Nodes with flannel's annotations are peers with its VTEP, and this Node has such annotations as long as another Node has them; off: others' are ignored, this Node's are removed",
      expects: 'auto or off',
    }),
    annotationPrefix: setting(form.annotationPrefix.default(FLANNEL_ANNOTATION_PREFIX), {
      help: "Prefix of flannel's annotations, as in its option --kube-annotation-prefix",
      expects: 'a DNS name, with at most one / and a word behind it',
    }),
    hostLocalDir: setting(form.absolutePath.default(HOST_LOCAL_DIRECTORY), {
      help: 'Where the plugin host-local keeps the addresses that it has given: no pod gets one of those',
      expects: form.PATH,
    }),
  })
  .prefault({});

export const configSchema = z.strictObject({
  nodeName: setting(form.dnsName, {
    help: "Name of this node's Node object",
    expects: 'a lower-case DNS name of at most 253 characters',
    defaultText: 'the hostname, in lower case',
  }),
  uplink: setting(z.union([z.literal('auto'), form.interfaceName]).default('auto'), {
    help: 'Device of the underlay; auto is the one that the Node object names, or that has its address',
    expects: 'auto or the name of a network device',
  }),
  pinRoot: setting(form.absolutePath.default('/sys/fs/bpf/heddle'), {
    help: 'Directory on bpffs of the pinned maps, programs and links',
    expects: form.PATH,
  }),
  stateDir: setting(form.absolutePath.default('/var/lib/heddle'), {
    help: 'Directory of attachment records, policies given by hand and last good versions; must survive reboots',
    expects: form.PATH,
  }),
  runDir: setting(form.absolutePath.default('/run/heddle'), {
    help: "Directory of the daemon's socket",
    expects: form.PATH,
  }),
  socket: setting(form.socketPath, {
    help: 'Unix socket of the gRPC services',
    expects: 'an absolute path of at most 107 bytes',
    defaultText: '`<runDir>/heddled.sock`',
  }),
  procSys: setting(form.absolutePath.default('/proc/sys'), {
    help: "Where the kernel's settings are written: a container that is not privileged has its own /proc/sys read-only, and is given the node's /proc/sys/net elsewhere, as DIRECTORY/net",
    expects: form.PATH,
  }),
  source: source.prefault({}),
  tunnel,
  flannel,
  overlayDevice: setting(form.interfaceName.default('heddle0'), {
    help: 'Name of the overlay device',
    expects: 'a device name of at most 15 characters without spaces, slashes and colons',
  }),
  mtu: setting(z.union([z.literal('auto'), form.mtu]).default('auto'), {
    help: "Largest IP packet that the underlay carries, bytes; auto is the uplink's own",
    expects: 'auto or a whole number, 1280 to 65535',
  }),
  xdp: setting(z.enum(['off', 'auto', 'native', 'generic']).default('off'), {
    help: 'XDP mode of uplink_xdp; auto is native where the driver supports it without a loss of offloads',
    expects: 'off, auto, native or generic',
  }),
  masquerade: setting(z.boolean().default(true), {
    help: 'Whether packets of pods to destinations outside of the cluster get an address of the node as source',
    expects: BOOLEAN,
  }),
  ipam: z
    .strictObject({
      reuseDelaySeconds: setting(z.int().min(0).max(86_400).default(60), {
        help: 'How long a released address and pod number are not allocated again, as long as others are left',
        expects: 'whole seconds, 0 to 86400',
        formerly: ['ipam.restSeconds'],
      }),
    })
    .prefault({}),
  cni: z
    .strictObject({
      binDir: setting(form.optionalPath.default(''), {
        help: "The container runtime's plugin directory; heddle-cni is copied to it once the daemon is ready",
        expects: form.PATH,
        defaultText: 'none',
      }),
      confFile: setting(form.optionalPath.default(''), {
        help: 'Network configuration for the container runtime; written after heddle-cni is installed',
        expects: form.PATH,
        defaultText: 'none',
      }),
    })
    .prefault({}),
  metrics: z
    .strictObject({
      listen: setting(z.union([z.literal('off'), form.listenAddress]).default('127.0.0.1:9469'), {
        help: 'Where /metrics, /healthz and /readyz are served over HTTP',
        expects: 'address:port, [address]:port or off',
      }),
    })
    .prefault({}),
  services: setting(z.enum(['off', 'on', 'auto']).default('off'), {
    help: "Whether the maps of Services are filled (docs/services.md); auto: also beside kube-proxy's rules, which are then a problem in status",
    expects: 'off, on or auto',
  }),
  flowCache: setting(z.enum(['on', 'off']).default('on'), {
    help: 'Whether the programs keep what they decided about a settled flow for its next packets, a second at most: one look-up a packet',
    expects: 'on or off',
  }),
  flowHistory: z
    .strictObject({
      events: setting(z.int().min(0).max(16_777_216).default(65_536), {
        help: 'How many new flows and drops the daemon keeps in memory for `heddlectl monitor --last`, half of them drops; 120 bytes each; 0: none, and programs emit none',
        expects: 'a whole number, 0 to 16777216',
      }),
    })
    .prefault({}),
  podWaitMs: setting(z.int().min(0).max(600_000).default(5_000), {
    help: "How long ADD waits for the Pod object before it fails with 'try again'",
    expects: 'whole milliseconds, 0 to 600000',
  }),
  requirePodObject: setting(z.boolean().default(false), {
    help: 'Whether ADD refuses containers without K8S_POD_NAMESPACE and K8S_POD_NAME; otherwise they are pods without labels',
    expects: BOOLEAN,
  }),
  expediteAttach: setting(z.boolean().default(true), {
    help: 'Whether RCU grace periods are expedited, machine-wide, during an ADD: it takes 5 ms instead of 40',
    expects: BOOLEAN,
  }),
  nftTable: setting(form.nftIdentifier.default('heddle'), {
    help: 'Name of the nftables table with the masquerade rules',
    expects: 'a name of letters, digits, - and _ that begins with a letter',
  }),
  maps,
  log: z
    .strictObject({
      level: setting(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'), {
        help: 'Minimum severity that is logged',
        expects: 'trace, debug, info, warn, error or silent',
      }),
      format: setting(z.enum(['json', 'text']).default('json'), {
        help: 'Format of the log lines',
        expects: 'json or text',
      }),
    })
    .prefault({}),
});

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/** Every setting, validated. Paths are absolute; the name of a duration contains its unit. */
export type Config = DeepReadonly<z.infer<typeof configSchema>>;
