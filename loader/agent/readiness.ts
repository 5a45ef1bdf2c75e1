// Joins readiness: evidence and probes, the evaluation, the log, the gate of the API.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { UnmetCondition } from '../api/dataplane-view.ts';
import { HeddleError } from '../errors.ts';
import { EvidenceReader, type EvidenceSources } from './evidence.ts';
import { Health } from './health.ts';
import { HealthLog } from './health-log.ts';
import { deleteSpoolOf, keepDelete } from './kept-deletes.ts';
import { Probes } from './probes.ts';
import type { SourceStanding } from './source-standing.ts';
import { StartGate } from './start-gate.ts';

export interface ReadinessOptions extends Omit<EvidenceSources, 'silence' | 'probes' | 'isServing'> {
  readonly logger: Logger;
  readonly source: SourceStanding;
  /** Makes the socket where it is gone. */
  readonly listen: () => Promise<void>;
  /** Problems that no part logs by itself. */
  readonly problems: () => readonly string[];
  /** Called after something of it has changed. */
  readonly onChange: () => void;
}

/** Delay after a state directory that cannot be used. */
const STATE_RETRY_MS = 2_000;

/** Errors that end by themselves, or by what an operator does beside the daemon; others are of the configuration. */
const PASSING = new Set([
  'ENOSPC',
  'EDQUOT',
  'EROFS',
  'EIO',
  'ESTALE',
  'ENOENT',
  'EMFILE',
  'ENFILE',
  'ENOMEM',
]);

export class Readiness implements Disposable {
  readonly gate: StartGate;
  readonly probes: Probes;
  readonly #health: Health;
  #isStopped = false;

  constructor(options: ReadinessOptions) {
    const { logger, config, source, listen, problems, ipam, onChange } = options;
    this.probes = new Probes({ stateDirectory: ipam, socket: listen, onChange: () => this.request() });
    const evidence = new EvidenceReader({
      ...options,
      silence: () => source.silence,
      probes: this.probes,
      isServing: () => this.gate.isOpen,
    });
    const log = new HealthLog(logger, config.socket);
    this.#health = new Health({
      evidence: () => evidence.read(),
      problems,
      onEvaluation: (unmet, all) => log.note(unmet, all),
      onChange,
    });
    this.gate = new StartGate({
      unmet: () => this.evaluate(),
      keepDelete: key => keepDelete(deleteSpoolOf(config.socket), key),
    });
  }

  /** Once the socket was made, or could not be. */
  start(): void {
    this.probes.start();
    this.#health.start();
  }

  /** As evaluated last. Empty: ready. */
  get unmet(): readonly UnmetCondition[] {
    return this.#health.unmet;
  }

  evaluate(): readonly UnmetCondition[] {
    return this.#health.evaluate();
  }

  /** Something that it depends on may have changed. */
  request(): void {
    this.#health.request();
  }

  /** Tries it again as long as the state directory cannot be used: a disk is full, or not mounted yet. */
  async untilUsable<T>(action: () => T): Promise<T> {
    while (!this.#isStopped)
      try {
        const outcome = action();
        this.probes.noteStateDirectory(undefined);
        return outcome;
      } catch (error) {
        if (!(error instanceof HeddleError) || !mayPass(error)) throw error;
        this.probes.noteStateDirectory(error.message);
        await sleep(STATE_RETRY_MS);
      }
    throw new HeddleError('NOT_READY', 'stopped before the state directory could be used');
  }

  [Symbol.dispose](): void {
    this.#isStopped = true;
    this.#health[Symbol.dispose]();
    this.probes[Symbol.dispose]();
  }
}

function mayPass({ cause }: HeddleError): boolean {
  return cause instanceof Error && PASSING.has((cause as NodeJS.ErrnoException).code ?? '');
}
