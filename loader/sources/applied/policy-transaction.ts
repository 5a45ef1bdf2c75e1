/**
 * The last set of policies that was given together, on disk, with what was there before it: so that it can be taken back,
 * and is rolled back unless it is confirmed, also by the next daemon after a crash.
 *
 * One file, replaced by renames. `stage`: `applying` until all policies of the set are kept, `unconfirmed` until it is
 * confirmed or its time is up, `confirmed` after that.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { HeddleError, messageOf } from '../../errors.ts';
import type { PolicyKey } from '../../model/policies.ts';
import { syncFile } from './sync-file.ts';

export interface PolicyTransaction {
  readonly stage: 'applying' | 'unconfirmed' | 'confirmed';
  /** Of the boot clock: an unconfirmed one is taken back then. */
  readonly deadlineMs: number;
  /** The boot whose clock that is: in another one the time is up. Absent in files of 0.1, which counted by the wall clock. */
  readonly boot?: string | undefined;
  /** The object that each policy of the set was read from before; null: it was not there. */
  readonly before: readonly { readonly key: PolicyKey; readonly raw: object | null }[];
}

/** `given` is what the file calls `raw`, for daemons of 0.1 that come after this one. */
const BEFORE = z.object({
  key: z.custom<PolicyKey>(value => typeof value === 'string'),
  given: z.record(z.string(), z.unknown()).nullable(),
});

const FORM = z.object({
  stage: z.enum(['applying', 'unconfirmed', 'confirmed']),
  deadlineMs: z.number(),
  boot: z.string().optional(),
  before: z.array(BEFORE.transform(({ key, given }) => ({ key, raw: given }))),
});

/** Beside the folder of policies. */
export function policyTransactionFile(folder: string): string {
  return `${folder}.transaction.json`;
}

export class PolicyTransactionFile {
  readonly #path: string;
  /** This process alone writes the file: status and metrics, which ask often, wait for no disk. */
  #known: { readonly transaction: PolicyTransaction | undefined } | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** undefined: there is none, or a power cut has damaged it; then nothing can be taken back. */
  read(): PolicyTransaction | undefined {
    this.#known ??= { transaction: this.#parse() };
    return this.#known.transaction;
  }

  #parse(): PolicyTransaction | undefined {
    try {
      return FORM.parse(JSON.parse(readFileSync(this.#path, 'utf8')));
    } catch {
      return undefined;
    }
  }

  /** On disk when it returns. Throws `IO`. */
  write(transaction: PolicyTransaction): void {
    const fresh = `${this.#path}.new`;
    const before = transaction.before.map(({ key, raw }) => ({ key, given: raw }));
    this.#guard(() => {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      writeFileSync(fresh, JSON.stringify({ ...transaction, before }), { mode: 0o600 });
      syncFile(fresh);
      renameSync(fresh, this.#path);
      syncFile(dirname(this.#path));
    });
    this.#known = { transaction };
  }

  remove(): void {
    this.#guard(() => rmSync(this.#path, { force: true }));
    this.#known = { transaction: undefined };
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      const reason = messageOf(error);
      const text = `${this.#path} cannot be written: make its folder writable, or set stateDir: ${reason}`;
      throw new HeddleError('IO', text, { cause: error });
    }
  }
}
