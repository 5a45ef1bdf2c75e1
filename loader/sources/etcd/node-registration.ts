// A node's registration in etcd: its place and Node object, which stay, and a key under a lease while its daemon runs.
import { isEtcdError, type EtcdClient, type LeaseId } from 'etcd';
import { Backoff, type BackoffLimits } from '../../async/backoff.ts';
import { keepPlace, type NodePlace } from './claim.ts';
import { reasonOf } from './connection.ts';
import type { Keys } from './keys.ts';
import { aliveText, NameConflict } from './name-conflict.ts';
import type { OwnKeys } from './own-keys.ts';

export interface NodeRegistrationOptions {
  readonly etcd: EtcdClient;
  readonly keys: Keys;
  readonly nodeName: string;
  readonly leaseSeconds: number;
  readonly backoff: BackoffLimits;
  readonly place: NodePlace;
  /** What etcd has, as the watch knows it; undefined: nothing is known yet. */
  readonly stored: () => OwnKeys | undefined;
  /** The Node object as it should be; undefined: it is not known at present, and stays. */
  readonly nodeText: () => string | undefined;
  /** Why etcd does not have this node as it is; undefined: it has. */
  readonly onProblem: (reason: string | undefined) => void;
  /** What another daemon of this node's name says of itself; undefined: there is none. */
  readonly onConflict: (other: string | undefined) => void;
}

/** Renewals within a lease's time: one or two may fail. */
const RENEWALS = 3;
const MIN_PAUSE_MS = 1_000;

export class NodeRegistration {
  readonly #options: NodeRegistrationOptions;
  readonly #backoff: Backoff;
  readonly #stop = new AbortController();
  #lease: LeaseId | undefined;
  #renewedAtMs = performance.now();
  #wake: () => void = () => undefined;
  readonly #alive = aliveText();
  readonly #conflict: NameConflict;

  constructor(options: NodeRegistrationOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.backoff);
    this.#conflict = new NameConflict(this.#alive, 2 * options.leaseSeconds * 1_000);
  }

  /** Resolves after the first attempt, which may have failed. */
  start(): Promise<void> {
    return new Promise(resolve => void this.#run(resolve));
  }

  /** Registers again at once if etcd has something else: it was restored, a key was deleted, an address has changed. */
  check(): void {
    this.#conflict.see(this.#options.stored()?.alive);
    this.#options.onConflict(this.#conflict.other);
    if (!this.#isStored()) this.#wake();
  }

  /** The lease ends by itself: another daemon of this node may be starting already. */
  stop(): void {
    this.#stop.abort();
    this.#wake();
  }

  #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  async #run(onAttempt: () => void): Promise<void> {
    const { leaseSeconds, onProblem } = this.#options;
    while (!this.#isStopped()) {
      let waitMs = (leaseSeconds * 1_000) / RENEWALS;
      try {
        await this.#register();
        this.#backoff.reset();
        onProblem(undefined);
      } catch (error) {
        if (!this.#isStopped() && this.#isProblem(error)) onProblem(reasonOf(error));
        waitMs = Math.min(waitMs, this.#backoff.next());
      }
      onAttempt();
      await this.#sleep(waitMs);
    }
  }

  /** An etcd that is out of reach is the watch's to report, until the lease has expired. */
  #isProblem(error: unknown): boolean {
    if (!isEtcdError(error, 'UNAVAILABLE', 'TIMEOUT')) return true;
    return performance.now() - this.#renewedAtMs > this.#options.leaseSeconds * 1_000;
  }

  async #register(): Promise<void> {
    const { etcd, keys, nodeName, place, stored } = this.#options;
    const known = stored();
    await this.#keepLease(known?.alive === this.#alive);
    if (known !== undefined) await keepPlace(etcd, keys, { ...place, node: nodeName }, known);
    const text = this.#options.nodeText();
    if (text !== undefined && text !== known?.node)
      await etcd.put(keys.object('Node', { name: nodeName }), text);
  }

  async #keepLease(isAlive: boolean): Promise<void> {
    const { etcd, keys, nodeName, leaseSeconds } = this.#options;
    if (this.#lease !== undefined && (await etcd.renewLease(this.#lease))) {
      if (!isAlive) await etcd.put(keys.alive(nodeName), this.#alive, this.#lease);
    } else {
      this.#lease = undefined;
      const lease = await etcd.grantLease(leaseSeconds);
      await etcd.put(keys.alive(nodeName), this.#alive, lease);
      this.#lease = lease;
    }
    this.#renewedAtMs = performance.now();
  }

  #isStored(): boolean {
    const { stored, place, nodeName, nodeText } = this.#options;
    const known = stored();
    if (known === undefined) return true;
    const { slot, claim, node, alive } = known;
    return (
      alive === this.#alive &&
      slot === nodeName &&
      claim === String(place.slot) &&
      node === (nodeText() ?? node)
    );
  }

  /** Cut short by `#wake`, but not to nothing: another daemon of this node's name may write the same keys. */
  #sleep(waitMs: number): Promise<void> {
    const begunMs = performance.now();
    return new Promise(resolve => {
      let timer = setTimeout(resolve, waitMs).unref();
      this.#wake = () => {
        clearTimeout(timer);
        const leastMs = this.#isStopped() ? 0 : MIN_PAUSE_MS - (performance.now() - begunMs);
        timer = setTimeout(resolve, Math.max(0, Math.min(leastMs, waitMs))).unref();
      };
      if (this.#isStopped()) this.#wake();
    });
  }
}
