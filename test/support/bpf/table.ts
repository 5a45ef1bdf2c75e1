// A table of packets for one hook: each row is a sentence, a packet, and what must become of it.
import { HOOK_NAMES, type HookName } from '../../../loader/abi/hook-name.ts';
import type { Packet } from '../packet/packet.ts';
import type { Action } from './action.ts';
import type { Given } from './given.ts';

export { HOOK_NAMES as HOOKS, type HookName };

/** What the packet brings along besides its bytes. */
export interface Context {
  readonly ifindex?: number;
  /** Where it came into the node; 0: the node itself made it. */
  readonly ingressIfindex?: number;
  readonly mark?: number;
  readonly gsoSize?: number;
  readonly gsoSegments?: number;
  /** Words of `cb` that an earlier program has written, by their place. */
  readonly cb?: Readonly<Record<number, number>>;
}

/** Values for the programs' settings, by their C names. */
export type Constants = Readonly<Record<string, unknown>>;

export interface Row {
  /** A sentence. */
  readonly name: string;
  readonly sent: Packet;
  /** Packets that came before; nothing is asked about them. */
  readonly before?: readonly Packet[];
  readonly verdict: string;
  /** Where it is not what the verdict's name says: a packet for the host that we hand over ourselves. */
  readonly action?: Action;
  /** On top of the cluster's maps. */
  readonly given?: Partial<Given>;
  readonly context?: Context;
  /** The packet that leaves the program; without it, a packet that passes must be what was sent. */
  readonly becomes?: Packet;
  /** Fields of `becomes` that may be anything. */
  readonly anything?: readonly string[];
  /** Flows that are tracked afterwards, as `source:port > destination:port FLAG …`. */
  readonly tracked?: readonly string[];
}

export interface Table {
  readonly hook: HookName;
  readonly title: string;
  readonly context?: Context;
  readonly constants?: Constants;
  /** Maps that have room for one row. */
  readonly tiny?: readonly string[];
  readonly rows: readonly Row[];
}
