// Traffic that never stops, and what became of it.
import { setTimeout as sleep } from 'node:timers/promises';
import { Probe, type ProbeQuestion, type StreamReport } from '../support/probe/probe.ts';
import { endsOf, type Talk } from './talk.ts';
import { NO_TOLL, type Toll, type Traffic } from './toll.ts';

const PORT = { datagrams: 7_100, connection: 7_200, connections: 7_300 } as const;
const INTERVAL_MS = 4;
const NEW_CONNECTION_MS = 50;
/** TCP repeats a lost SYN after a second: who is answered sooner has lost none. */
const SYN_MS = 950;
const DENIED_MS = 250;

type Account = Pick<Toll, 'allowedLost' | 'deniedThrough' | 'connectionsBroken'>;

/** Closes with `close`: the numbers since the last `take` are lost then. */
export class Watch {
  readonly #probe = new Probe();
  readonly #talks: readonly Talk[];
  #isOver = false;
  #asking: Promise<void> = Promise.resolve();
  #account: Account = NO_TOLL;
  #connections = 0;

  constructor(talks: readonly Talk[]) {
    this.#talks = talks;
  }

  /** Every stream and every question has been answered once, or denied, when it settles. */
  async begin(): Promise<void> {
    await this.#serve();
    this.#talks.forEach((talk, index) => this.#startStreams(talk, index));
    await sleep(200);
    await this.take();
    this.#asking = this.#askAll();
  }

  /** What has happened since the last time. */
  async take(): Promise<{ readonly toll: Account; readonly traffic: Traffic }> {
    const reports = await this.#probe.drain();
    const owners = this.#talks.flatMap(talk => (talk.isAllowed ? [talk, talk] : [talk]));
    const ofStreams = reports.map((report, i) => judge(report, owners[i]?.isAllowed === true));
    const toll = [this.#account, ...ofStreams].reduce(add);
    const isDenied = (_: StreamReport, i: number): boolean => owners[i]?.isAllowed === false;
    const traffic = {
      packets: sum(reports.map(({ sent }) => sent)),
      deniedPackets: sum(reports.filter(isDenied).map(({ sent }) => sent)),
      connections: this.#connections,
    };
    this.#account = NO_TOLL;
    this.#connections = 0;
    return { toll, traffic };
  }

  async close(): Promise<void> {
    this.#isOver = true;
    await this.#asking.catch(() => undefined); // its failure is told where it is waited for
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
    const common = { netns: talk.from.netns, ...endsOf(talk), intervalMs: INTERVAL_MS };
    this.#probe.stream({ ...common, protocol: 'UDP', port: PORT.datagrams + index });
    if (talk.isAllowed) this.#probe.stream({ ...common, protocol: 'TCP', port: PORT.connection + index });
  }

  /** A new connection for each talk, again and again. */
  async #askAll(): Promise<void> {
    while (!this.#isOver) {
      const allowed = this.#ask(true, SYN_MS);
      const denied = this.#ask(false, DENIED_MS);
      const [made, refused] = await Promise.all([allowed, denied]);
      this.#connections += made.length + refused.length;
      this.#account = add(this.#account, {
        allowedLost: 0,
        connectionsBroken: made.filter(({ answered }) => !answered).length,
        deniedThrough: refused.filter(({ answered }) => answered).length,
      });
      await sleep(NEW_CONNECTION_MS);
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

function judge({ sent, answered, arrived, broken }: StreamReport, isAllowed: boolean): Account {
  return isAllowed
    ? { allowedLost: sent - answered, deniedThrough: 0, connectionsBroken: broken }
    : { allowedLost: 0, deniedThrough: arrived, connectionsBroken: 0 };
}

function add(a: Account, b: Account): Account {
  return {
    allowedLost: a.allowedLost + b.allowedLost,
    deniedThrough: a.deniedThrough + b.deniedThrough,
    connectionsBroken: a.connectionsBroken + b.connectionsBroken,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
