// Signals that end a command, and a standard output that is closed, while it has something to take away first.
import { Undertaking } from '../output/closed-output.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** From its making until it is disposed, a signal or a closed output ends what runs in it, and not the process. */
export class Interruption {
  readonly #abort = new AbortController();
  readonly #onSignal = (name: NodeJS.Signals): void => {
    this.#abort.abort(new Error(`interrupted by ${name}`));
  };

  readonly #output = new Undertaking(({ message }) => {
    this.#abort.abort(new Error(`standard output cannot be written: ${message}`));
  });

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
    this.#output[Symbol.dispose]();
  }
}
