// A mutex for each key, and an exclusive lock over all keys; both are granted in the order of the calls.

export class KeyedMutex {
  readonly #last = new Map<string, Promise<unknown>>();
  #exclusive: Promise<unknown> = Promise.resolve();

  /** Runs `task` after every earlier task of the same key and every earlier exclusive task. */
  run<Result>(key: string, task: () => Promise<Result>): Promise<Result> {
    const before = Promise.allSettled([this.#exclusive, this.#last.get(key)]);
    const running = before.then(task);
    this.#last.set(key, running);
    const forget = () => {
      if (this.#last.get(key) === running) this.#last.delete(key);
    };
    running.then(forget, forget);
    return running;
  }

  /** Runs `task` after all earlier tasks; later tasks wait for it. */
  runExclusive<Result>(task: () => Promise<Result>): Promise<Result> {
    const running = Promise.allSettled([this.#exclusive, ...this.#last.values()]).then(task);
    this.#exclusive = running;
    return running;
  }
}
