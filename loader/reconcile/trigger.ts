// Runs a level-triggered task: soon after a cause, never twice at once, and every so often without one.

export interface TriggerOptions {
  /** What to run. A rejection is handed to `onError` and the task is tried again after `retryMs`. */
  readonly run: (causes: readonly string[]) => Promise<void>;
  readonly onError: (error: unknown) => void;
  /** Without any cause, run this long after the last run. */
  readonly intervalMs: number;
  /** After a failure, run again this much later; twice as much after each further one, and at most `intervalMs`. */
  readonly retryMs: number;
}

export interface Trigger extends Disposable {
  /** Asks for a run within `withinMs`; causes that come together are answered by one. */
  request(cause: string, withinMs: number): void;
  /** Runs now, after a run that is under way, and settles with its outcome. */
  runNow(cause: string): Promise<void>;
}

/** Starts idle: nothing is run before it is asked for, however long whoever asks takes to know what to ask. */
export function createTrigger(options: TriggerOptions): Trigger {
  const causes = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let dueAtMs = Infinity;
  let tail: Promise<void> = Promise.resolve();
  let stopped = false;
  let failures = 0;

  function schedule(delayMs: number): void {
    const at = Date.now() + delayMs;
    if (stopped || at >= dueAtMs) return;
    clearTimeout(timer);
    dueAtMs = at;
    timer = setTimeout(() => void runInTurn().catch(options.onError), delayMs);
  }

  function runInTurn(): Promise<void> {
    clearTimeout(timer);
    dueAtMs = Infinity;
    const turn = tail.then(runOnce);
    tail = turn.catch(() => undefined); // the caller of runNow, or onError, has the error
    return turn;
  }

  async function runOnce(): Promise<void> {
    if (stopped) return;
    const taken = causes.size > 0 ? [...causes] : ['interval'];
    causes.clear();
    try {
      await options.run(taken);
      failures = 0;
      schedule(options.intervalMs);
    } catch (error) {
      for (const cause of taken) causes.add(cause);
      schedule(Math.min(options.retryMs * 2 ** failures, options.intervalMs));
      failures += 1;
      throw error;
    }
  }

  return {
    request(cause, withinMs) {
      causes.add(cause);
      schedule(withinMs);
    },
    runNow(cause) {
      causes.add(cause);
      return runInTurn();
    },
    [Symbol.dispose]() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
