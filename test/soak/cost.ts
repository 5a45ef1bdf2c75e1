// What a fault may cost while it lasts, and until the node is whole again: which talks may lose packets, and nothing else.
import type { Talk } from '../chaos/talk.ts';

export interface Cost {
  /** For the table. */
  readonly words: string;
  /** Whether packets of that talk may be lost, and new connections refused, while a node of that name has the fault. */
  mayHurt(talk: Talk, node: string): boolean;
  /** Until the daemon has noticed, nothing judges: the fault took the programs themselves away. */
  readonly opens?: true;
  /** Connections may end: what the programs knew of them is gone. */
  readonly breaks?: true;
}

export const COSTS_NOTHING: Cost = { words: 'nothing', mayHurt: () => false };

/** What pods of the node and of others send each other. */
export const COSTS_OTHER_NODES: Cost = {
  words: 'packets between the node and others',
  mayHurt: ({ from, to }, node) => from.node !== to.node && [from.node, to.node].includes(node),
};

/** Whatever pods of the node send or receive. */
export const COSTS_NODE: Cost = {
  words: 'packets of the node',
  mayHurt: ({ from, to }, node) => [from.node, to.node].includes(node),
};

/** Nothing holds the maps any more, neither a pin nor a process. */
export const COSTS_FLOWS: Cost = {
  ...COSTS_NODE,
  words: 'packets and connections of the node, and its policy until that is noticed',
  opens: true,
  breaks: true,
};

export const COSTS_GUARD: Cost = {
  ...COSTS_NODE,
  words: 'packets of the node, and its policy until that is noticed',
  opens: true,
};
