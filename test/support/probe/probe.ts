// Real sockets in many namespaces, held by one process: whoever is asked over TCP, UDP or SCTP answers, or does not.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { builtFile } from '../../../lab/installation.ts';

export type ProbeProtocol = 'TCP' | 'UDP' | 'SCTP';

export interface ProbeQuestion {
  /** Path of the asker's namespace. */
  readonly netns: string;
  readonly protocol: ProbeProtocol;
  /** Address to ask from: one of the namespace's. */
  readonly from: string;
  readonly to: string;
  readonly port: number;
  /** Of the datagram, over UDP; more than fit a packet go and come back as fragments. */
  readonly bytes?: number;
}

export interface ProbeServer {
  readonly netns: string;
  readonly protocol: ProbeProtocol;
  readonly address: string;
  readonly port: number;
}

export interface ProbeAnswer {
  readonly answered: boolean;
  /** What the kernel said instead. */
  readonly problem: string;
}

/** Numbers that are sent at a steady pace and come back from a server, until the probe is closed. */
export interface ProbeStream extends Omit<ProbeServer, 'address'> {
  readonly from: string;
  readonly to: string;
  readonly intervalMs: number;
}

export interface ProbeFlood extends Omit<ProbeStream, 'protocol' | 'intervalMs'> {
  readonly flows: number;
}

/** Of one stream, since it was last asked for. */
export interface StreamReport {
  readonly sent: number;
  /** What came back; over TCP on the connection that is open now. */
  readonly answered: number;
  /** Datagrams that have come to the server. */
  readonly arrived: number;
  /** Connections that ended, or stood still for eight seconds. */
  readonly broken: number;
}

/** How many questions are on their way at once; the process has room for some more. */
const BATCH = 1_000;

export class Probe {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #netns = new Map<string, number>();
  readonly #served = new Set<string>();
  readonly #waiting = new Map<string, (answer: ProbeAnswer) => void>();
  #synced: (() => void)[] = [];
  #flooded: (() => void)[] = [];
  #reports: StreamReport[] = [];
  #drained: ((reports: readonly StreamReport[]) => void)[] = [];
  readonly #free: number[] = [];
  #nextId = 1;
  readonly #ended: Promise<never>;

  constructor() {
    this.#child = spawn(builtFile('test/probe'), [], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdin.on('error', () => undefined); // its end is seen below
    createInterface(this.#child.stdout).on('line', line => this.#take(line));
    this.#ended = once(this.#child, 'exit').then(([code, signal]) => {
      throw new Error(`the probe has ended with ${String(code ?? signal)}`);
    });
    this.#ended.catch(() => undefined); // whoever waits hears of it
  }

  /** Ready when this settles; a server that is there already stays. */
  async serve(servers: readonly ProbeServer[]): Promise<void> {
    for (const { netns, protocol, address, port } of servers) {
      const words = `serve ${this.#number(netns)} ${protocol} ${address} ${port}`;
      if (this.#served.has(words)) continue;
      this.#served.add(words);
      this.#say(words);
    }
    this.#say('sync');
    await Promise.race([new Promise<void>(resolve => this.#synced.push(resolve)), this.#ended]);
  }

  /** Like `serve`, of TCP connections that stay open, and send back what they are sent. */
  echo({ netns, address, port }: Omit<ProbeServer, 'protocol'>): void {
    this.#say(`echo ${this.#number(netns)} ${address} ${port}`);
  }

  /** Begins it. Reports are in the order of their beginning. */
  stream({ netns, protocol, from, to, port, intervalMs }: ProbeStream): void {
    const id = this.#nextId++;
    this.#say(`stream ${id} ${this.#number(netns)} ${protocol} ${from} ${to} ${port} ${intervalMs}`);
  }

  /** What became of every stream; they pause until all is back that was on its way. */
  drain(): Promise<readonly StreamReport[]> {
    this.#say('drain');
    const drained = new Promise<readonly StreamReport[]>(resolve => this.#drained.push(resolve));
    return Promise.race([drained, this.#ended]);
  }

  /** So many flows of one datagram each, to `port` and, every 60,000 flows, to the next one. Settles when all are sent. */
  flood({ netns, from, to, port, flows }: ProbeFlood): Promise<void> {
    this.#say(`flood ${this.#number(netns)} ${from} ${to} ${port} ${flows}`);
    const flooded = new Promise<void>(resolve => this.#flooded.push(resolve));
    return Promise.race([flooded, this.#ended]);
  }

  /** One answer a question, in their order. */
  async ask(questions: readonly ProbeQuestion[], timeoutMs: number): Promise<readonly ProbeAnswer[]> {
    const answers: ProbeAnswer[] = [];
    for (let at = 0; at < questions.length; at += BATCH) {
      const batch = questions.slice(at, at + BATCH).map(question => this.#askOne(question, timeoutMs));
      answers.push(...(await Promise.race([Promise.all(batch), this.#ended])));
    }
    return answers;
  }

  /** The namespace is gone; another may have its path later. */
  forget(netns: string): void {
    const number = this.#netns.get(netns);
    if (number === undefined) return;
    this.#say(`forget ${number}`);
    this.#netns.delete(netns);
    this.#free.push(number);
    for (const words of this.#served) if (words.startsWith(`serve ${number} `)) this.#served.delete(words);
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.stdin.end();
    await ended;
  }

  #askOne(
    { netns, protocol, from, to, port, bytes = 1 }: ProbeQuestion,
    timeoutMs: number,
  ): Promise<ProbeAnswer> {
    const id = String(this.#nextId++);
    this.#say(`ask ${id} ${this.#number(netns)} ${protocol} ${from} ${to} ${port} ${timeoutMs} ${bytes}`);
    return new Promise(resolve => this.#waiting.set(id, resolve));
  }

  #number(netns: string): number {
    const known = this.#netns.get(netns);
    if (known !== undefined) return known;
    const number = this.#free.pop() ?? this.#netns.size;
    this.#netns.set(netns, number);
    this.#say(`netns ${number} ${netns}`);
    return number;
  }

  #say(words: string): void {
    this.#child.stdin.write(`${words}\n`);
  }

  #take(line: string): void {
    if (line === 'synced') {
      this.#synced.shift()?.();
      return;
    }
    if (line.startsWith('stream ')) {
      const [sent = 0, answered = 0, arrived = 0, broken = 0] = line.split(' ').slice(2).map(Number);
      this.#reports.push({ sent, answered, arrived, broken });
      return;
    }
    if (line === 'flooded') {
      this.#flooded.shift()?.();
      return;
    }
    if (line === 'drained') {
      this.#drained.shift()?.(this.#reports);
      this.#reports = [];
      return;
    }
    const [id = '', answer, ...problem] = line.split(' ');
    this.#waiting.get(id)?.({ answered: answer === 'yes', problem: problem.join(' ') });
    this.#waiting.delete(id);
  }
}
