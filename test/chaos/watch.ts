// Traffic that never stops, and what became of it.
import { setTimeout as sleep } from 'node:timers/promises';
import { Probe, type ProbeQuestion, type StreamReport } from '../support/probe/probe.ts';
import { until } from '../support/until.ts';
import { endsOf, type Talk } from './talk.ts';
import { addLosses, NO_LOSSES, type Losses, type Traffic } from './losses.ts';

/** What became of one talk's packets and connections. */
export interface TalkReport {
  readonly talk: Talk;
  readonly sent: number;
  readonly connections: number;
  /** Packets that were not answered. */
  readonly lost: number;
  /** New connections that were not made at once. */
  readonly refused: number;
  /** Connections that ended, stood still, or carried other bytes than were sent. */
  readonly broken: number;
  /** Packets and connections of a talk that policy denies. */
  readonly through: number;
}

const PORT = { datagrams: 7_100, connection: 7_200, connections: 7_300 } as const;
const INTERVAL_MS = 4;
/** Between two rounds of new connections. */
const ROUND_MS = 50;
/** TCP repeats a lost SYN after a second: who is answered sooner has lost none. */
const SYN_MS = 950;
const DENIED_MS = 250;

/** Of new connections: how many, and how many of them were not as policy has it. */
interface Asked {
  readonly connections: number;
  readonly wrong: number;
}

const NOT_ASKED: Asked = { connections: 0, wrong: 0 };

/** Closes with `close`: the numbers since the last `take` are lost then. */
export class Watch {
  readonly #probe = new Probe();
  readonly #talks: readonly Talk[];
  readonly #intervalMs: number;
  #isOver = false;
  #asking: Promise<unknown> = Promise.resolve();
  #asked = new Map<Talk, Asked>();
  readonly #rounds = new Set<Promise<void>>();

  /** `intervalMs`: between two packets of a stream. */
  constructor(talks: readonly Talk[], intervalMs = INTERVAL_MS) {
    this.#talks = talks;
    this.#intervalMs = intervalMs;
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
    const reports = await this.takeEach();
    const denied = reports.filter(({ talk }) => !talk.isAllowed);
    const traffic = {
      packets: sum(reports.map(({ sent }) => sent)),
      deniedPackets: sum(denied.map(({ sent }) => sent)),
      connections: sum(reports.map(({ connections }) => connections)),
    };
    return { losses: reports.map(lossesOf).reduce(addLosses, NO_LOSSES), traffic };
  }

  /** The same, for each talk. What was asked before is in it: its answer may be late for what happens next. */
  async takeEach(): Promise<readonly TalkReport[]> {
    await Promise.all(this.#rounds);
    const reports = await this.#probe.drain();
    const owners = this.#owners();
    const asked = this.#asked;
    this.#asked = new Map();
    return this.#talks.map(talk =>
      talkReport(
        talk,
        reports.filter((_, i) => owners[i] === talk),
        asked.get(talk) ?? NOT_ASKED,
      ),
    );
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
    const pace = { intervalMs: this.#intervalMs, expectsAnswers: talk.isAllowed };
    const common = { netns: talk.from.netns, ...endsOf(talk), ...pace };
    this.#probe.stream({ ...common, protocol: 'UDP', port: PORT.datagrams + index });
    if (talk.isAllowed) this.#probe.stream({ ...common, protocol: 'TCP', port: PORT.connection + index });
  }

  /** A new connection for each talk of that kind, again and again. */
  async #askAgain(isAllowed: boolean, timeoutMs: number): Promise<void> {
    const talks = this.#talks.filter(talk => talk.isAllowed === isAllowed);
    while (!this.#isOver) {
      const round = this.#askOnce(talks, isAllowed, timeoutMs);
      this.#rounds.add(round);
      await round.finally(() => this.#rounds.delete(round));
      await sleep(ROUND_MS);
    }
  }

  async #askOnce(talks: readonly Talk[], isAllowed: boolean, timeoutMs: number): Promise<void> {
    const answers = await this.#ask(talks, timeoutMs);
    for (const [i, talk] of talks.entries()) {
      const { connections, wrong } = this.#asked.get(talk) ?? NOT_ASKED;
      const isWrong = answers[i]?.answered !== isAllowed;
      this.#asked.set(talk, { connections: connections + 1, wrong: wrong + Number(isWrong) });
    }
  }

  #ask(talks: readonly Talk[], timeoutMs: number) {
    const questions = talks.map((talk): ProbeQuestion => ({
      ...{ netns: talk.from.netns, protocol: 'TCP', ...endsOf(talk) },
      port: PORT.connections + this.#talks.indexOf(talk),
    }));
    return this.#probe.ask(questions, timeoutMs);
  }
}

function talkReport(talk: Talk, streams: readonly StreamReport[], { connections, wrong }: Asked): TalkReport {
  const sent = sum(streams.map(stream => stream.sent));
  const common = { talk, sent, connections, lost: 0, refused: 0, broken: 0, through: 0 };
  if (!talk.isAllowed) return { ...common, through: sum(streams.map(({ arrived }) => arrived)) + wrong };
  const lost = sent - sum(streams.map(({ answered }) => answered));
  return { ...common, lost, refused: wrong, broken: sum(streams.map(({ broken }) => broken)) };
}

function lossesOf({ lost, refused, broken, through }: TalkReport): Partial<Losses> {
  return { allowedLost: lost, deniedThrough: through, connectionsBroken: refused + broken };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
