// Whether the API server answers: the first answer to any call after an outage ends the pauses of all watches.
import { setTimeout as sleep } from 'node:timers/promises';

export class ServerContact {
  #waiting = new AbortController();

  /** The server has answered some call, with any status. */
  answered(): void {
    const waiting = this.#waiting;
    this.#waiting = new AbortController();
    waiting.abort();
  }

  /** Resolves after `ms`, or with the next answer, or with `signal`. */
  async pause(ms: number, signal: AbortSignal): Promise<void> {
    const ended = new AbortController();
    const end = (): void => ended.abort();
    const waiting = this.#waiting.signal;
    for (const one of [signal, waiting]) one.addEventListener('abort', end);
    if (signal.aborted) end();
    await sleep(ms, undefined, { signal: ended.signal }).catch(() => undefined); // rejects when it was ended
    for (const one of [signal, waiting]) one.removeEventListener('abort', end);
  }
}
