// What a fault has cost: all of it should be nothing.

export interface Losses {
  /** Packets that policy admits, and that did not come back. */
  readonly allowedLost: number;
  /** Packets and connections that policy denies, and that came through. */
  readonly deniedThrough: number;
  /** Connections that ended or stood still, and new ones that were not made at once. */
  readonly connectionsBroken: number;
  /** One sentence for each thing that is there after the fault and was not before, or the other way round. */
  readonly leaks: readonly string[];
  /** One sentence for each step that the node should have taken and did not: a start that was refused. */
  readonly failures: readonly string[];
  /** Which flows broke, and what the kernel said of each: words for what is counted above. */
  readonly broken: readonly string[];
}

/** What the zeros rest on. */
export interface Traffic {
  readonly packets: number;
  readonly deniedPackets: number;
  readonly connections: number;
}

export const NO_LOSSES: Losses = {
  allowedLost: 0,
  deniedThrough: 0,
  connectionsBroken: 0,
  leaks: [],
  failures: [],
  broken: [],
};

export function addLosses(a: Losses, b: Partial<Losses>): Losses {
  return {
    allowedLost: a.allowedLost + (b.allowedLost ?? 0),
    deniedThrough: a.deniedThrough + (b.deniedThrough ?? 0),
    connectionsBroken: a.connectionsBroken + (b.connectionsBroken ?? 0),
    leaks: [...a.leaks, ...(b.leaks ?? [])],
    failures: [...a.failures, ...(b.failures ?? [])],
    broken: [...a.broken, ...(b.broken ?? [])],
  };
}

export function isNothing(losses: Losses): boolean {
  const { allowedLost, deniedThrough, connectionsBroken, leaks, failures } = losses;
  return allowedLost + deniedThrough + connectionsBroken + leaks.length + failures.length === 0;
}
