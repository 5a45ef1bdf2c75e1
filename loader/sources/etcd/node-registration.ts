// A node's registration in etcd: its Node object, which stays, and a key under a lease while its daemon runs.
import type { Etcd3, Lease } from 'etcd3';
import type { Addr, Cidr } from 'ip';
import { typeMeta } from '../../model/kinds.ts';
import { Backoff, type BackoffLimits } from '../../async/backoff.ts';
import type { Keys } from './keys.ts';

export interface NodeRegistrationOptions {
  readonly etcd: Etcd3;
  readonly keys: Keys;
  readonly nodeName: string;
  readonly leaseSeconds: number;
  readonly backoff: BackoffLimits;
  /** What this node can be reached by, in order of preference. */
  readonly addresses: () => readonly Addr[];
  /** Why etcd does not renew the lease at present; undefined: it does. */
  readonly onLeaseLost: (reason: string | undefined) => void;
}

export class NodeRegistration {
  readonly #options: NodeRegistrationOptions;
  readonly #backoff: Backoff;
  /** When this process started: of two nodes with one address the one registered later has it. */
  readonly #creationTimestamp = `${new Date().toISOString().slice(0, 19)}Z`;
  #podCidrs: readonly Cidr[] = [];
  #lease: Lease | undefined;
  #retry: NodeJS.Timeout | undefined;
  #renewedAtMs = 0;
  #isStopped = false;

  constructor(options: NodeRegistrationOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.backoff);
  }

  /** Writes the Node as it is now, and takes a lease. Rejects with etcd's error. */
  async register(podCidrs: readonly Cidr[]): Promise<void> {
    this.#podCidrs = podCidrs;
    const { etcd, keys, nodeName } = this.#options;
    const key = keys.object('Node', { name: nodeName });
    const desired = JSON.stringify(this.#nodeObject());
    if ((await etcd.get(key).string()) !== desired) await etcd.put(key).value(desired).exec();
    await this.#takeLease();
  }

  /** Registers again when etcd has another Node, `known`: its addresses have changed, or it was deleted. */
  resync(known: string | undefined): void {
    const ageMs = performance.now() - this.#renewedAtMs;
    if (ageMs > this.#options.leaseSeconds * 1_000)
      this.#options.onLeaseLost(`no answer for ${Math.round(ageMs / 1_000)} s`); // a hung server breaks no stream
    if (!this.#isStopped && known !== JSON.stringify(this.#nodeObject()))
      this.register(this.#podCidrs).catch(() => undefined); // the next resync tries again
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
      ...typeMeta('Node'),
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
    lease.on('keepaliveSucceeded', () => this.#renewed());
    lease.on('lost', error => {
      if (this.#lease !== lease || this.#isStopped) return;
      this.#options.onLeaseLost(error.message);
      this.#later();
    });
    const alive = lease.put(keys.alive(nodeName)).value(JSON.stringify({ pid: process.pid }));
    await alive.exec();
    this.#renewed();
  }

  #renewed(): void {
    this.#renewedAtMs = performance.now();
    this.#backoff.reset();
    this.#options.onLeaseLost(undefined);
  }

  #later(): void {
    if (this.#isStopped) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      this.register(this.#podCidrs).catch(() => this.#later());
    }, this.#backoff.next()).unref();
  }
}
