// The tables of Calico's nftables dataplane for pods under one policy, no host endpoints, no tunnels, no floating addresses.

/** Marks: accepted, to be asked further, came from a pod. */
const MARK = { accept: 0x10000, pass: 0x20000, fromPod: 0x40000 } as const;
const ALL_MARKS = 0xf0000;
/** Of a host endpoint's policy, and of what is not yet asked: cleared before forwarding. */
const FORWARD_MARKS = 0xe0000;

export interface CalicoPod {
  /** The node's end of its veth. */
  readonly device: string;
}

export interface CalicoPolicy {
  /** Every pod that the policy selects and admits, of all nodes. */
  readonly pods: readonly string[];
  /** Destination ports. */
  readonly tcp: number;
  readonly udp: number;
}

/** Of one node; `pods`: those on it. */
export function calicoRuleset(pods: readonly CalicoPod[], policy: CalicoPolicy): string {
  const lines = [
    'table ip calico {',
    `set pods { type ipv4_addr; elements = { ${policy.pods.join(', ')} }; }`,
    'set pools { type ipv4_addr; flags interval; elements = { 10.244.0.0/16 }; }',
    ...policyChains(policy),
    ...pods.flatMap(({ device }) => [
      ...podChain(`fw-${device}`, 'po', VXLAN_AND_IPIP),
      ...podChain(`tw-${device}`, 'pi', []),
    ]),
    ...dispatch('from', 'fw', pods),
    ...dispatch('to', 'tw', pods),
    ...hookChains(),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

const SET = (bits: number): string => `counter meta mark set meta mark | ${bits}`;
const CLEAR = (bits: number): string => `counter meta mark set meta mark & ${(0xffffffff ^ bits) >>> 0}`;
const HAS = (bits: number): string => `meta mark & ${bits} == ${bits}`;
const LACKS = (bits: number): string => `meta mark & ${bits} == 0`;

/** Pods may open no tunnels of their own. */
const VXLAN_AND_IPIP = ['udp dport 4789 counter drop', 'ip protocol 4 counter drop'] as const;

/** By the pod's device; the pod's chain returns to the caller of the dispatch. */
function dispatch(direction: 'from' | 'to', prefix: 'fw' | 'tw', pods: readonly CalicoPod[]): string[] {
  const elements = pods.map(({ device }) => `"${device}" : goto ${prefix}-${device}`);
  const name = `${direction}-wl-dispatch`;
  const key = direction === 'from' ? 'iifname' : 'oifname';
  return [
    `map ${name}-map { type ifname : verdict; elements = { ${elements.join(', ')} }; }`,
    ...chain(name, [`${key} vmap @${name}-map`, 'counter drop']),
  ];
}

/** Of one direction each: accepted packets are marked, and return to the pod's chain. */
function policyChains({ tcp, udp }: CalicoPolicy): string[] {
  return (['po', 'pi'] as const).flatMap(name => {
    const whom = name === 'po' ? 'daddr' : 'saddr';
    const rule = (protocol: string, port: number): string[] => [
      `ip ${whom} @pods ${protocol} dport ${port} ${SET(MARK.accept)}`,
      `${HAS(MARK.accept)} counter return`,
    ];
    return chain(`${name}-policy`, [...rule('tcp', tcp), ...rule('udp', udp)]);
  });
}

function podChain(name: string, policy: 'po' | 'pi', refused: readonly string[]): string[] {
  return chain(name, [
    'ct state established,related counter accept',
    'ct state invalid counter drop',
    CLEAR(MARK.accept),
    ...refused,
    CLEAR(MARK.pass),
    `${LACKS(MARK.pass)} counter jump ${policy}-policy`,
    `${HAS(MARK.accept)} counter return`,
    `${LACKS(MARK.pass)} counter drop`,
    'counter drop',
  ]);
}

/** In the order in which a packet that is forwarded meets them. */
function hookChains(): string[] {
  return [
    ...hook('raw-prerouting', 'filter', 'prerouting', 'raw', [
      CLEAR(ALL_MARKS),
      `iifname "cali*" ${SET(MARK.fromPod)}`,
      `${HAS(MARK.fromPod)} fib saddr . mark . iif oif 0 counter drop`,
      `${HAS(MARK.accept)} counter accept`,
    ]),
    ...hook('mangle-prerouting', 'filter', 'prerouting', 'mangle', [
      'ct state established,related counter accept',
      `${HAS(MARK.accept)} counter accept`,
    ]),
    ...hook('filter-forward', 'filter', 'forward', 'filter', [
      CLEAR(FORWARD_MARKS),
      'iifname "cali*" counter jump from-wl-dispatch',
      'oifname "cali*" counter jump to-wl-dispatch',
      SET(MARK.accept),
      `${HAS(MARK.accept)} counter accept`,
    ]),
    ...hook('mangle-postrouting', 'filter', 'postrouting', 'mangle', [
      `${HAS(MARK.accept)} counter return`,
      CLEAR(ALL_MARKS),
    ]),
    ...hook('nat-postrouting', 'nat', 'postrouting', 'srcnat', [
      'ip saddr @pools ip daddr != @pools counter masquerade',
    ]),
  ];
}

function hook(name: string, type: string, at: string, priority: string, rules: readonly string[]): string[] {
  return chain(name, [`type ${type} hook ${at} priority ${priority}; policy accept;`, ...rules]);
}

function chain(name: string, rules: readonly string[]): string[] {
  return [`chain ${name} {`, ...rules.map(rule => `  ${rule}`), '}'];
}
