// Traffic that never stops, and what became of it.
import { setTimeout as sleep } from 'node:timers/promises';
import { Probe, type ProbeQuestion, type StreamReport } from '../support/probe/probe.ts';
import { until } from '../support/until.ts';
import { endsOf, type Talk } from './talk.ts';
import { addLosses, NO_LOSSES, type Losses, type Traffic } from './losses.ts';

const PORT = { datagrams: 7_100, connection: 7_200, connections: 7_300 } as const;
const INTERVAL_MS = 4;
/** Between two rounds of new connections. */
const ROUND_MS = 50;
/** TCP repeats a lost SYN after a second: who is answered sooner has lost none. */
const SYN_MS = 950;
const DENIED_MS = 250;

/** Closes with `close`: the numbers since the last `take` are lost then. */
export class Watch {
  readonly #probe = new Probe();
  readonly #talks: readonly Talk[];
  #isOver = false;
  #asking: Promise<unknown> = Promise.resolve();
  #losses: Losses = NO_LOSSES;
  #connections = 0;

  constructor(talks: readonly Talk[]) {
    this.#talks = talks;
  }

  /** Every stream that is allowed has been answered when it settles. */
  async begin(): Promise<void> {
    await this.#serve();
    this.#talks.forEach((talk, index) => this.#startStreams(talk, index));
    if (!(await until(async () => (await this.#silent()).length === 0)))
      throw new Error(`no answer to streams ${(await this.#silent()).join()}`);
    this.#asking = Promise.all([this.#askAgain(true, SYN_MS), this.#askAgain(false, DENIED_MS)]);
  }

  /** What has happened since the last time. */
  async take(): Promise<{ readonly losses: Losses; readonly traffic: Traffic }> {
    const reports = await this.#probe.drain();
    const owners = this.#owners();
    const ofStreams = reports.map((report, i) => lossesOf(report, owners[i]?.isAllowed === true));
    const losses = ofStreams.reduce(addLosses, this.#losses);
    const isDenied = (_: StreamReport, i: number): boolean => owners[i]?.isAllowed === false;
    const traffic = {
      packets: sum(reports.map(({ sent }) => sent)),
      deniedPackets: sum(reports.filter(isDenied).map(({ sent }) => sent)),
      connections: this.#connections,
    };
    this.#losses = NO_LOSSES;
    this.#connections = 0;
    return { losses, traffic };
  }

  /** Numbers of streams that were not answered since the last look, though they should be. */
  async #silent(): Promise<readonly number[]> {
    const reports = await this.#probe.drain();
    const owners = this.#owners();
    return reports.flatMap(({ answered }, i) => (owners[i]?.isAllowed === true && answered === 0 ? [i] : []));
  }

  /** Of each stream, in their order. */
  #owners(): readonly Talk[] {
    return this.#talks.flatMap(talk => (talk.isAllowed ? [talk, talk] : [talk]));
  }

  async close(): Promise<void> {
    this.#isOver = true;
    await this.#asking.catch(() => undefined); // the awaiting caller gets its failure
    await this.#probe.close();
  }

  async #serve(): Promise<void> {
    for (const [index, talk] of this.#talks.entries()) {
      const at = { netns: talk.to.netns, address: endsOf(talk).to };
      await this.#probe.serve([
        { ...at, protocol: 'UDP', port: PORT.datagrams + index },
        { ...at, protocol: 'TCP', port: PORT.connections + index },
      ]);
      this.#probe.echo({ ...at, port: PORT.connection + index });
    }
  }

  #startStreams(talk: Talk, index: number): void {
    const pace = { intervalMs: INTERVAL_MS, expectsAnswers: talk.isAllowed };
    const common = { netns: talk.from.netns, ...endsOf(talk), ...pace };
    this.#probe.stream({ ...common, protocol: 'UDP', port: PORT.datagrams + index });
    if (talk.isAllowed) this.#probe.stream({ ...common, protocol: 'TCP', port: PORT.connection + index });
  }

  /** A new connection for each talk of that kind, again and again. */
  async #askAgain(isAllowed: boolean, timeoutMs: number): Promise<void> {
    while (!this.#isOver) {
      const answers = await this.#ask(isAllowed, timeoutMs);
      const wrong = answers.filter(({ answered }) => answered !== isAllowed).length;
      this.#connections += answers.length;
      this.#losses = addLosses(
        this.#losses,
        isAllowed ? { connectionsBroken: wrong } : { deniedThrough: wrong },
      );
      await sleep(ROUND_MS);
    }
  }

  #ask(isAllowed: boolean, timeoutMs: number) {
    const questions = this.#talks.flatMap((talk, index): ProbeQuestion[] =>
      talk.isAllowed === isAllowed
        ? [{ netns: talk.from.netns, protocol: 'TCP', ...endsOf(talk), port: PORT.connections + index }]
        : [],
    );
    return this.#probe.ask(questions, timeoutMs);
  }
}

function lossesOf({ sent, answered, arrived, broken }: StreamReport, isAllowed: boolean): Partial<Losses> {
  return isAllowed ? { allowedLost: sent - answered, connectionsBroken: broken } : { deniedThrough: arrived };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
