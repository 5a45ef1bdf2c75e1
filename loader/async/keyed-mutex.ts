// Keeps calls for one container in order, and lets a call that concerns all of them run alone.

export class KeyedMutex {
  readonly #last = new Map<string, Promise<unknown>>();
  #alone: Promise<unknown> = Promise.resolve();

  /** Runs `task` when every earlier one with the same key, and every earlier lone one, has ended. */
  run<Result>(key: string, task: () => Promise<Result>): Promise<Result> {
    const before = Promise.allSettled([this.#alone, this.#last.get(key)]);
    const turn = before.then(task);
    this.#last.set(key, turn);
    const forget = () => {
      if (this.#last.get(key) === turn) this.#last.delete(key);
    };
    turn.then(forget, forget);
    return turn;
  }

  /** Runs `task` when all earlier ones have ended; later ones wait for it. */
  runAlone<Result>(task: () => Promise<Result>): Promise<Result> {
    const turn = Promise.allSettled([this.#alone, ...this.#last.values()]).then(task);
    this.#alone = turn;
    return turn;
  }
}
