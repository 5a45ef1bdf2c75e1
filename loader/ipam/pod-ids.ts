// Pod ids in use: numbers of pods on this node, the lowest free one first.

export class PodIds {
  readonly #used = new Set<number>();

  /** The one that `allocate` would return. */
  get next(): number {
    let podId = 1;
    while (this.#used.has(podId)) podId++;
    return podId;
  }

  allocate(): number {
    const podId = this.next;
    this.#used.add(podId);
    return podId;
  }

  add(podId: number): void {
    this.#used.add(podId);
  }

  has(podId: number): boolean {
    return this.#used.has(podId);
  }

  free(podId: number): void {
    this.#used.delete(podId);
  }
}
