// A story: packets of one flow or several, one after the other over one node, and what becomes of each.
import type { Packet } from '../packet/packet.ts';
import type { Given } from './given.ts';
import type { Context, HookName, Constants } from './table.ts';

export interface Step {
  readonly hook: HookName;
  readonly context: Context;
  readonly sent: Packet;
  readonly verdict: string;
  /** The packet afterwards, where the step says. */
  readonly becomes?: Packet;
  /** What the maps hold from here on, but for flows and fragments; on top of the cluster's, not of the story's. */
  readonly change?: Partial<Given>;
  /** What is tracked afterwards. */
  readonly tracked?: readonly string[];
  /** For how long those have been silent afterwards, at least, in milliseconds, in the order of hd_ct_unassured. */
  readonly idle?: readonly number[];
  /** Whether the silence of all of them has just ended. */
  readonly isRenewed?: true;
}

export interface Story {
  /** A sentence. */
  readonly name: string;
  readonly given?: Partial<Given>;
  readonly steps: readonly Step[];
}

export interface Stories {
  readonly title: string;
  readonly constants?: Constants;
  readonly stories: readonly Story[];
}
