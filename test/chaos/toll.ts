// What a fault has cost: all of it should be nothing.

export interface Toll {
  /** Packets that policy admits, and that did not come back. */
  readonly allowedLost: number;
  /** Packets and connections that policy denies, and that came through. */
  readonly deniedThrough: number;
  /** Connections that ended or stood still, and new ones that were not made at once. */
  readonly connectionsBroken: number;
  /** One sentence for each thing that is there after the fault and was not before, or the other way round. */
  readonly leaks: readonly string[];
}

/** What the zeros rest on. */
export interface Traffic {
  readonly packets: number;
  readonly deniedPackets: number;
  readonly connections: number;
}

export const NO_TOLL: Toll = { allowedLost: 0, deniedThrough: 0, connectionsBroken: 0, leaks: [] };

export function addTolls(a: Toll, b: Toll): Toll {
  return {
    allowedLost: a.allowedLost + b.allowedLost,
    deniedThrough: a.deniedThrough + b.deniedThrough,
    connectionsBroken: a.connectionsBroken + b.connectionsBroken,
    leaks: [...a.leaks, ...b.leaks],
  };
}

export function isNothing({ allowedLost, deniedThrough, connectionsBroken, leaks }: Toll): boolean {
  return allowedLost + deniedThrough + connectionsBroken + leaks.length === 0;
}
