// Signals that end a command, while it has something to take away first.

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** From its making until it is disposed, a signal ends what runs in it, and not the process. */
export class Interruption {
  readonly #abort = new AbortController();
  readonly #onSignal = (name: NodeJS.Signals): void => {
    this.#abort.abort(new Error(`interrupted by ${name}`));
  };

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
  }

  /** Rejects at a signal, also at one that came before; what runs is to end by the signal that it is given. */
  async run<T>(action: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.#abort;
    signal.throwIfAborted();
    const interrupted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
    const running = action(signal);
    running.catch(() => undefined); // after a signal nothing waits for it
    return Promise.race([running, interrupted]);
  }

  [Symbol.dispose](): void {
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
  }
}
