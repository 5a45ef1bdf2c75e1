// Pod slots in use: numbers of pods on this node, the lowest free one first.

export class PodSlots {
  readonly #used = new Set<number>();

  /** The one that `allocate` would return. */
  get next(): number {
    let slot = 1;
    while (this.#used.has(slot)) slot++;
    return slot;
  }

  allocate(): number {
    const slot = this.next;
    this.#used.add(slot);
    return slot;
  }

  add(slot: number): void {
    this.#used.add(slot);
  }

  has(slot: number): boolean {
    return this.#used.has(slot);
  }

  free(slot: number): void {
    this.#used.delete(slot);
  }
}
