// What a node says of itself: its Node object, which stays, and under a lease that its daemon is there.
import type { Etcd3, Lease } from 'etcd3';
import type { Addr, Cidr } from 'ip';
import { Backoff, type BackoffLimits } from '../../async/backoff.ts';
import type { Keys } from './keys.ts';

export interface AnnouncementOptions {
  readonly etcd: Etcd3;
  readonly keys: Keys;
  readonly nodeName: string;
  readonly leaseSeconds: number;
  readonly backoff: BackoffLimits;
  /** What this node can be reached by, in order of preference. */
  readonly addresses: () => readonly Addr[];
  /** Why others do not hear of this node at present; undefined: they do. */
  readonly onSilence: (reason: string | undefined) => void;
}

export class Announcement {
  readonly #options: AnnouncementOptions;
  readonly #backoff: Backoff;
  /** When this process began to speak: of two nodes with one address the one announced later has it. */
  readonly #creationTimestamp = `${new Date().toISOString().slice(0, 19)}Z`;
  #podCidrs: readonly Cidr[] = [];
  #lease: Lease | undefined;
  #retry: NodeJS.Timeout | undefined;
  #heardAtMs = 0;
  #isStopped = false;

  constructor(options: AnnouncementOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.backoff);
  }

  /** Announces the node as it is now. Rejects with etcd's error. */
  async make(podCidrs: readonly Cidr[]): Promise<void> {
    this.#podCidrs = podCidrs;
    const { etcd, keys, nodeName } = this.#options;
    const key = keys.object('Node', nodeName);
    const wanted = JSON.stringify(this.#nodeObject());
    if ((await etcd.get(key).string()) !== wanted) await etcd.put(key).value(wanted).exec();
    await this.#takeLease();
  }

  /** Announces it again when it is another than `known`: its addresses have changed, or somebody has deleted it. */
  renew(known: string | undefined): void {
    const silentMs = performance.now() - this.#heardAtMs;
    if (silentMs > this.#options.leaseSeconds * 1_000)
      this.#options.onSilence(`no answer for ${Math.round(silentMs / 1_000)} s`); // a hung server breaks no stream
    if (!this.#isStopped && known !== JSON.stringify(this.#nodeObject()))
      this.make(this.#podCidrs).catch(() => undefined); // the next upkeep tries again
  }

  /** The lease ends by itself: another daemon of this node may be starting already. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#retry);
    this.#lease?.release();
  }

  #nodeObject(): object {
    const { nodeName, addresses } = this.#options;
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: nodeName, creationTimestamp: this.#creationTimestamp },
      spec: { podCIDRs: this.#podCidrs },
      status: { addresses: addresses().map(address => ({ type: 'InternalIP', address })) },
    };
  }

  async #takeLease(): Promise<void> {
    const { etcd, keys, nodeName, leaseSeconds } = this.#options;
    this.#lease?.release();
    const lease = etcd.lease(leaseSeconds);
    this.#lease = lease;
    lease.on('keepaliveSucceeded', () => this.#heard());
    lease.on('lost', error => {
      if (this.#lease !== lease || this.#isStopped) return;
      this.#options.onSilence(error.message);
      this.#later();
    });
    const alive = lease.put(keys.alive(nodeName)).value(JSON.stringify({ pid: process.pid }));
    await alive.exec();
    this.#heard();
  }

  #heard(): void {
    this.#heardAtMs = performance.now();
    this.#backoff.reset();
    this.#options.onSilence(undefined);
  }

  #later(): void {
    if (this.#isStopped) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      this.make(this.#podCidrs).catch(() => this.#later());
    }, this.#backoff.next()).unref();
  }
}
