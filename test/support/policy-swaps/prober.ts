// Importing this makes a second process of the same file the prober: it sends packets while the first one swaps policy.
import { fork, type ChildProcess } from 'node:child_process';
import { Probe, type KernelIds, type ProbeReport } from './probe.ts';

const MARK = 'HEDDLE_TEST_PROBER';
/** Between two looks at whether it is to end. */
const CHUNK_MS = 10;

export class Prober {
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Ends it. */
  async stop(): Promise<ProbeReport> {
    const answer = messageFrom(this.#child, 'report');
    this.#child.send('stop');
    const { report } = await answer;
    this.#child.disconnect();
    if (report === undefined) throw new Error('the prober has nothing to report');
    return report;
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }
}

/** Settles when it has begun. */
export async function startProber(ids: KernelIds): Promise<Prober> {
  const [, script = ''] = process.argv;
  const env = { ...process.env, [MARK]: JSON.stringify(ids) };
  const child = fork(script, [], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  await messageFrom(child, 'begun');
  return new Prober(child);
}

interface Message {
  readonly prober: 'begun' | 'report';
  readonly report?: ProbeReport;
}

/** The test framework sends messages of its own. */
function messageFrom(child: ChildProcess, wanted: Message['prober']): Promise<Message> {
  return new Promise((resolve, reject) => {
    child.on('message', message => {
      const known = message as Partial<Message>;
      if (known.prober === wanted) resolve(known as Message);
    });
    child.once('exit', code => reject(new Error(`the prober ended by itself with ${String(code)}`)));
  });
}

function sendMessage(message: Message): void {
  process.send?.(message);
}

async function probeUntilStopped(ids: KernelIds): Promise<never> {
  const probe = new Probe(ids);
  const stopped = new AbortController();
  process.on('message', () => stopped.abort());
  process.on('disconnect', () => process.exit(0));
  probe.round();
  sendMessage({ prober: 'begun' });
  while (!stopped.signal.aborted) {
    const end = performance.now() + CHUNK_MS;
    while (performance.now() < end) probe.round();
    await new Promise(resolve => setImmediate(resolve));
  }
  sendMessage({ prober: 'report', report: probe.report });
  return new Promise(() => undefined); // until the other side has it
}

const shown = process.env[MARK];
if (shown !== undefined) await probeUntilStopped(JSON.parse(shown) as KernelIds);
