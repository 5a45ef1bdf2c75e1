// Where cases are played: each level takes a world, is led from one world to the next, and answers who may reach whom.
import type { Query, World } from '../support/policy/world.ts';

export interface Answer {
  readonly allowed: boolean;
  /** Which policy and rule, or which default, decided it in each direction. */
  readonly why: string;
  /** The datapath contradicts itself: wrong, whatever was expected. */
  readonly isFault?: true;
}

export interface Level {
  /** What LEVEL=… calls it. */
  readonly name: string;
  /** Before all else; it may start this process anew where the level can be played, and end it then. */
  readonly prepare?: () => Promise<unknown>;
  /** From nothing: as a cluster that starts with this world. The caller closes what it gets. */
  readonly openLevel: (world: World) => Promise<LiveLevel>;
  /** After all else: what it has kept for the next cluster goes. */
  readonly finish?: () => Promise<void>;
}

/** One cluster that lives on while its world changes. */
export interface LiveLevel {
  /** Answers once the next world is active as a whole. */
  readonly apply: (next: World) => Promise<void>;
  /** Of the active world; one answer a query, in their order. A query is never of a pod with itself. */
  readonly ask: (queries: readonly Query[]) => Promise<readonly Answer[]>;
  readonly close: () => Promise<void>;
}

/** The world cannot be played: one sentence that says why. */
export class LevelError extends Error {
  override readonly name = 'LevelError';
}
