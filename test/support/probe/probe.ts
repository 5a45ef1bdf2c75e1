// Real sockets in many namespaces, held by one process: servers and clients of TCP, UDP and SCTP probes.
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
  /** To ask from, of a flow that is held; the kernel's choice without. */
  readonly sourcePort?: number;
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
  /** False: `drain` waits for none. */
  readonly expectsAnswers: boolean;
}

/**
 * `datagrams`: one each. `syns`: a SYN each, over IPv4, with no socket behind it. `connections`: handshakes that both ends
 * leave open without another word. `half-closed`: one end sends FIN, the other never does.
 */
export type FloodKind = 'datagrams' | 'syns' | 'connections' | 'half-closed';

export interface ProbeFlood extends Omit<ProbeServer, 'address' | 'protocol'> {
  readonly kind: FloodKind;
  readonly from: string;
  readonly to: string;
  readonly flows: number;
}

/** A flow that stays open and silent until it is asked again; it ends with the probe. */
export interface HeldFlow extends ProbeAnswer {
  readonly id: string;
}

/** Of one stream, since it was last asked for. */
export interface StreamReport {
  readonly sent: number;
  /** What came back; over TCP on the connection that is open now. */
  readonly answered: number;
  /** Datagrams that have come to the server. */
  readonly arrived: number;
  /** Connections that ended, stood still for eight seconds, or carried other bytes than were sent. */
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
    this.#ended.catch(() => undefined); // rejects the waiting calls
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

  /** Like `echo`, of connections whose server says nothing; `untilClosed`: until the client's FIN has come. */
  hush({ netns, address, port }: Omit<ProbeServer, 'protocol'>, untilClosed: boolean): void {
    this.#say(`hush ${this.#number(netns)} ${address} ${port} ${Number(untilClosed)}`);
  }

  /** Begins it. Reports are in the order of their beginning. */
  stream({ netns, protocol, from, to, port, intervalMs, expectsAnswers }: ProbeStream): void {
    const [id, number] = [this.#nextId++, this.#number(netns)];
    const pace = `${intervalMs} ${Number(expectsAnswers)}`;
    this.#say(`stream ${id} ${number} ${protocol} ${from} ${to} ${port} ${pace}`);
  }

  /** What became of every stream; they pause until all is back that was on its way. */
  drain(): Promise<readonly StreamReport[]> {
    this.#say('drain');
    const drained = new Promise<readonly StreamReport[]>(resolve => this.#drained.push(resolve));
    return Promise.race([drained, this.#ended]);
  }

  /** So many short flows, to `port` and, every 60,000 flows, to the next one. Settles when all are sent. */
  flood({ netns, kind, from, to, port, flows }: ProbeFlood): Promise<void> {
    this.#say(`flood ${this.#number(netns)} ${kind} ${from} ${to} ${port} ${flows}`);
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

  /** Opens each flow, and has a first byte sent back over it, by an echo server or a datagrams' one. */
  hold(flows: readonly Omit<ProbeQuestion, 'bytes'>[], timeoutMs: number): Promise<readonly HeldFlow[]> {
    const opened = flows.map(
      async ({ netns, protocol, from, sourcePort = 0, to, port }): Promise<HeldFlow> => {
        const number = this.#number(netns);
        const words = `${number} ${protocol} ${from} ${sourcePort} ${to} ${port} ${timeoutMs}`;
        return this.#answer(id => `hold ${id} ${words}`);
      },
    );
    return Promise.race([Promise.all(opened), this.#ended]);
  }

  /** Whether each flow still carries a byte there and back. */
  again(flows: readonly HeldFlow[], timeoutMs: number): Promise<readonly ProbeAnswer[]> {
    const asked = flows.map(flow => this.#answer(id => `again ${id} ${flow.id} ${timeoutMs}`));
    return Promise.race([Promise.all(asked), this.#ended]);
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
    const words = `${this.#number(netns)} ${protocol} ${from} ${to} ${port} ${timeoutMs} ${bytes}`;
    return this.#answer(id => `ask ${id} ${words}`);
  }

  async #answer(question: (id: string) => string): Promise<HeldFlow> {
    const id = String(this.#nextId++);
    this.#say(question(id));
    const answer = await new Promise<ProbeAnswer>(resolve => this.#waiting.set(id, resolve));
    return { ...answer, id };
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
