// What policy's maps hold before a packet comes, in words.

/** The same in both versions of the tables, or what stands in each of them. */
export type Versioned = number | readonly [number, number];

export interface GivenControl {
  /** Its lowest bit is the active bank. */
  readonly generation: number;
  /** Enabled kinds of events. */
  readonly events?: readonly string[];
  /** Hex, 16 bytes: how the traced packet ends. */
  readonly nonce?: string;
  /** Unspecified unless given: the node's end is found in hd_node alone. */
  readonly tunnelIpv6?: string;
}

/** Numbers of policies; POLICY_OPEN in a direction without one. */
export interface GivenPod {
  readonly podId: number;
  readonly egress?: Versioned;
  readonly ingress?: Versioned;
  readonly ownNode?: Versioned;
}

export interface GivenCidr {
  readonly prefix: string;
  readonly identity: Versioned;
}

export interface GivenPeer {
  readonly policy: number;
  /** 0: peers without a row. */
  readonly identity: number;
  readonly ruleSet: number;
}

export interface GivenRule {
  readonly ruleSet: number;
  /** IPPROTO_*; without it, what no other row of the rule set holds for. */
  readonly protocol?: number;
  readonly port?: number;
  /** How many of the port's leading bits count: all 16 of a single port. */
  readonly bits?: number;
  readonly action: 'POLICY_ALLOW' | 'POLICY_DENY';
  /** As in hd_rule. */
  readonly rule: number;
  readonly flags?: readonly string[];
}

const PORT_BITS = 16;

/** Of a row that holds for a protocol. */
export function prefixBits({ port, bits }: GivenRule): number {
  return bits ?? (port === undefined ? 0 : PORT_BITS);
}
