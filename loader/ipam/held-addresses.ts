// Addresses that devices without an attachment may still use: they are in use until the device is gone.
import type { Addr } from 'ip';
import type { AddressPool } from './address-pool.ts';
import { freeAddress, markInUse } from './pool.ts';

export class HeldAddresses {
  readonly #pool: AddressPool;
  readonly #byDevice = new Map<string, readonly Addr[]>();

  constructor(pool: AddressPool) {
    this.#pool = pool;
  }

  get devices(): readonly string[] {
    return [...this.#byDevice.keys()];
  }

  /** `owner`: named in refusals. */
  hold(device: string, addresses: readonly Addr[], owner: string): void {
    const free = addresses.filter(addr => !this.#pool.inUse.has(addr));
    for (const addr of free) markInUse(this.#pool, addr, owner);
    this.#byDevice.set(device, [...(this.#byDevice.get(device) ?? []), ...free]);
  }

  release(device: string): void {
    for (const addr of this.#byDevice.get(device) ?? []) freeAddress(this.#pool, addr);
    this.#byDevice.delete(device);
  }
}
