// When a set of policies is begun, confirmed, and taken back: by hand, when its time is up, or by the next daemon.
import { bootClockMs, bootId } from '../../async/boot-clock.ts';
import { adviceFor, surroundings } from '../../config/advice.ts';
import { HeddleError, messageOf } from '../../errors.ts';
import { PolicyTransactionFile, type PolicyTransaction } from './policy-transaction.ts';

export type Before = PolicyTransaction['before'];

/** A set that is rolled back unless it is confirmed. */
export interface UnconfirmedPolicies {
  readonly policies: number;
  readonly rollbackInSeconds: number;
}

export interface PolicyTransactionsOptions {
  /** Of the file. */
  readonly path: string;
  /** Makes each policy what it was. Throws `IO`: then it is done again later, from the beginning. */
  readonly restore: (before: Before) => void;
  /** A set was taken back because its time was up, or could not be. */
  readonly onTimeUp: () => void;
}

const RETRY_MS = 2_000;

export class PolicyTransactions {
  readonly #options: PolicyTransactionsOptions;
  readonly #file: PolicyTransactionFile;
  #deadline: NodeJS.Timeout | undefined;
  /** A sentence while a set that should be gone is not. */
  #problems: readonly string[] = [];

  constructor(options: PolicyTransactionsOptions) {
    this.#options = options;
    this.#file = new PolicyTransactionFile(options.path);
  }

  get problems(): readonly string[] {
    return this.#problems;
  }

  get unconfirmed(): UnconfirmedPolicies | undefined {
    const transaction = this.#file.read();
    if (transaction?.stage !== 'unconfirmed') return undefined;
    return { policies: transaction.before.length, rollbackInSeconds: msLeft(transaction) / 1_000 };
  }

  /** What an earlier daemon was in the middle of is taken back; what waits, waits on. */
  adopt(): void {
    const transaction = this.#file.read();
    if (transaction?.stage === 'applying') this.#undo(transaction.before);
    else this.#watchDeadline();
  }

  stop(): void {
    clearTimeout(this.#deadline);
  }

  /** Throws `TRANSACTION_OPEN` while one waits. */
  refuseSecond(): void {
    if (this.#file.read()?.stage !== 'unconfirmed') return;
    const { heddlectl } = adviceFor(surroundings());
    const text = `another set of policies waits: '${heddlectl} confirm' or '${heddlectl} rollback' first`;
    throw new HeddleError('TRANSACTION_OPEN', text);
  }

  /** Runs `apply` with the way back on disk before it, and goes back when it throws. */
  run<T>(before: Before, confirmMs: number | undefined, apply: () => T): T {
    const deadline = { deadlineMs: bootClockMs() + (confirmMs ?? 0), boot: bootId() };
    this.#file.write({ stage: 'applying', ...deadline, before });
    try {
      const result = apply();
      const stage = confirmMs === undefined ? 'confirmed' : 'unconfirmed';
      this.#file.write({ stage, ...deadline, before });
      this.#watchDeadline();
      return result;
    } catch (error) {
      this.#undo(before);
      throw error;
    }
  }

  confirm(): void {
    const transaction = this.#file.read();
    if (transaction?.stage !== 'unconfirmed') {
      const text = 'nothing waits to be confirmed: it may have been taken back';
      throw new HeddleError('TRANSACTION_MISSING', text);
    }
    this.#file.write({ ...transaction, stage: 'confirmed' });
    clearTimeout(this.#deadline);
  }

  /** How many policies are as before. */
  takeBack(): number {
    const transaction = this.#file.read();
    if (transaction === undefined) {
      const text = 'there is nothing to roll back: no set of policies was applied';
      throw new HeddleError('TRANSACTION_MISSING', text);
    }
    this.#undo(transaction.before);
    return transaction.before.length;
  }

  /** It is over with its last step: one that was cut off is done again. */
  #undo(before: Before): void {
    clearTimeout(this.#deadline);
    this.#options.restore(before);
    this.#file.remove();
    this.#problems = [];
  }

  #watchDeadline(): void {
    clearTimeout(this.#deadline);
    const transaction = this.#file.read();
    if (transaction?.stage !== 'unconfirmed') return;
    this.#takeBackAfter(msLeft(transaction), transaction.before);
  }

  #takeBackAfter(waitMs: number, before: Before): void {
    this.#deadline = setTimeout(() => {
      try {
        this.#undo(before);
      } catch (error) {
        const reason = messageOf(error);
        this.#problems = [`unconfirmed policies could not be taken back, it is tried again: ${reason}`];
        this.#takeBackAfter(RETRY_MS, before);
      }
      this.#options.onTimeUp();
    }, waitMs).unref();
  }
}

/** A reboot takes about as long as a confirmation is waited for, and no clock says how long it took. */
function msLeft({ deadlineMs, boot }: PolicyTransaction): number {
  return boot === bootId() ? Math.max(0, deadlineMs - bootClockMs()) : 0;
}
