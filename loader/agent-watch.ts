// What tells the daemon that somebody has changed the machine: the kernel's announcements, and a patrol for the rest.
import { monitor, monitorNftables, type Monitor, type MonitorEvent } from 'rtnetlink';
import { parseAddr } from './model/addr.ts';
import type { Uplink } from './network/uplink.ts';

export interface MachineWatchOptions {
  readonly uplink: () => Uplink | undefined;
  /** What is wrong, and was announced by nobody; a few words each. */
  readonly findDrift: () => readonly string[];
  /** Asks for a pass within that time. */
  readonly request: (cause: string, withinMs: number) => void;
  readonly onError: (error: unknown) => void;
}

/** The machine's changes, most of them our own, are looked at this soon: what somebody broke is mended by then. */
const KERNEL_MS = 300;
/** Others may change their rules many times a second. */
const NFTABLES_MS = 1_000;
const PATROL_MS = 1_000;
/** An ADD makes a dozen such changes: they are read after it has been answered. */
const GATHER_MS = 200;

const GROUPS = ['link', 'ipv4Address', 'ipv6Address', 'ipv4Route', 'ipv6Route', 'neighbour'] as const;

export class MachineWatch implements Disposable {
  readonly #options: MachineWatchOptions;
  readonly #monitors: readonly Monitor[];
  readonly #patrol: NodeJS.Timeout;

  constructor(options: MachineWatchOptions) {
    this.#options = options;
    const { request, uplink } = options;
    this.#monitors = [
      monitor({ groups: GROUPS, gatherMs: GATHER_MS }, event => {
        if (!isKnown(event, uplink())) request(event.kind, KERNEL_MS);
      }),
      monitorNftables({ gatherMs: GATHER_MS }, () => request('nftables', NFTABLES_MS)),
    ];
    this.#patrol = setInterval(() => this.#look(), PATROL_MS).unref();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#patrol);
    for (const one of this.#monitors) one[Symbol.dispose]();
  }

  #look(): void {
    try {
      const [first] = this.#options.findDrift();
      if (first !== undefined) this.#options.request(`drift: ${first}`, 0);
    } catch (error) {
      this.#options.onError(error);
    }
  }
}

/** The kernel tells every probe of every neighbour; only a MAC that the tables do not have yet matters. */
function isKnown(event: MonitorEvent, uplink: Uplink | undefined): boolean {
  if (event.kind !== 'neighbour' || uplink === undefined) return false;
  const { index, address, mac } = event.neighbour;
  if (index !== uplink.ifindex || mac === undefined) return true;
  return uplink.neighbours.get(parseAddr(address)) === mac;
}
