// Every setting of the daemon: file keys, flags, environment variables and their documentation all come from here.
import { z } from 'zod';
import * as form from './forms.ts';
import { setting } from './setting.ts';
import { sourceKinds, sourceSettings } from './source-kinds.ts';
import { wordList } from './word-list.ts';

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
      help: 'Which destinations go through the overlay; cross-subnet sends plainly to nodes on a connected subnet',
      expects: 'always, cross-subnet or never',
    }),
    kernelVxlan: setting(z.enum(['auto', 'never']).default('auto'), {
      help: "Whether the kernel's vxlan stands behind the overlay's programs: where the kernel has it, or never",
      expects: 'auto or never',
    }),
    port: setting(form.port.default(4789), { help: 'UDP port of the overlay (RFC 7348)', expects: PORT }),
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
      help: 'Room in hd_endpoint: addresses of pods and nodes of the whole cluster',
      expects: ENTRIES,
    }),
    routes: setting(form.mapEntries.default(65_536), {
      help: 'Room in hd_route: pod CIDRs and addresses of nodes',
      expects: ENTRIES,
    }),
    conntrack: setting(form.conntrackEntries.default(0), {
      help: 'Room in hd_ct, and as much in hd_ct_unassured: flows; 0: as netfilter sizes its own by memory, 262144 above 4 GiB, 65536 above 1 GiB',
      expects: `0 or ${ENTRIES}`,
    }),
    cidrs: setting(form.mapEntries.default(262_144), {
      help: 'Room in hd_cidr: prefixes that policies mention',
      expects: ENTRIES,
    }),
    policyPeers: setting(form.mapEntries.default(262_144), {
      help: 'Room in hd_policy_peer: pairs of a policy in force on this node and a kind of peer',
      expects: ENTRIES,
    }),
    ruleSets: setting(form.mapEntries.default(524_288), {
      help: 'Room in hd_rule_set: verdicts on prefixes of ports',
      expects: ENTRIES,
    }),
    rules: setting(form.mapEntries.default(262_144), {
      help: 'Room in hd_rule: rules of policies, as reports name them',
      expects: ENTRIES,
    }),
    policies: setting(form.mapEntries.default(65_536), {
      help: 'Room in hd_policy_name: policies that select a pod of this node',
      expects: ENTRIES,
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
    help: 'Device that carries the underlay; auto is the one named by the Node or that holds its address',
    expects: 'auto or the name of a network device',
  }),
  pinRoot: setting(form.absolutePath.default('/sys/fs/bpf/heddle'), {
    help: 'Directory on bpffs that holds the pinned maps and links',
    expects: form.PATH,
  }),
  stateDir: setting(form.absolutePath.default('/var/lib/heddle'), {
    help: 'Directory of attachments and addresses in use; survives reboots',
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
  source: source.prefault({}),
  tunnel,
  overlayDevice: setting(form.interfaceName.default('heddle0'), {
    help: 'Name of the overlay device',
    expects: 'a device name of at most 15 characters without spaces, slashes and colons',
  }),
  mtu: setting(z.union([z.literal('auto'), form.mtu]).default('auto'), {
    help: "Largest IP packet that the underlay carries, bytes; auto is the uplink's own",
    expects: 'auto or a whole number, 1280 to 65535',
  }),
  xdp: setting(z.enum(['off', 'auto', 'native', 'generic']).default('off'), {
    help: 'How uplink_xdp is attached; auto is native where the driver has it and loses nothing by it',
    expects: 'off, auto, native or generic',
  }),
  masquerade: setting(z.boolean().default(true), {
    help: 'Whether what pods send out of the cluster leaves with an address of the node',
    expects: BOOLEAN,
  }),
  ipam: z
    .strictObject({
      restSeconds: setting(z.int().min(0).max(86_400).default(60), {
        help: 'How long a freed address rests before it is given again',
        expects: 'whole seconds, 0 to 86400',
      }),
    })
    .prefault({}),
  cni: z
    .strictObject({
      binDir: setting(form.optionalPath.default(''), {
        help: "The container runtime's plugin directory, which heddle-cni is copied to once the daemon is ready",
        expects: form.PATH,
        defaultText: 'none',
      }),
      confFile: setting(form.optionalPath.default(''), {
        help: 'Network configuration for the container runtime, which is written after that',
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
  podWaitMs: setting(z.int().min(0).max(600_000).default(5_000), {
    help: "How long ADD waits for the pod's object before it asks the runtime to try again",
    expects: 'whole milliseconds, 0 to 600000',
  }),
  requirePodObject: setting(z.boolean().default(false), {
    help: 'Whether containers without K8S_POD_NAMESPACE and K8S_POD_NAME are refused instead of being pods without labels',
    expects: BOOLEAN,
  }),
  expediteAttach: setting(z.boolean().default(true), {
    help: "Whether the kernel's RCU grace periods are expedited, machine-wide, for the moment of an ADD: 5 ms instead of 40",
    expects: BOOLEAN,
  }),
  nftTable: setting(form.nftIdentifier.default('heddle'), {
    help: 'Name of the nftables table that holds the masquerade',
    expects: 'a name of letters, digits, - and _ that begins with a letter',
  }),
  maps,
  log: z
    .strictObject({
      level: setting(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'), {
        help: 'Least severity that is logged',
        expects: 'trace, debug, info, warn, error or silent',
      }),
      format: setting(z.enum(['json', 'text']).default('json'), {
        help: 'Form of the log lines',
        expects: 'json or text',
      }),
    })
    .prefault({}),
});

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/** Every setting, validated; paths are absolute, times are in the unit that the name says. */
export type Config = DeepReadonly<z.infer<typeof configSchema>>;
