// The process of changing-api-server.ts, seen from the figure.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { build } from 'esbuild';
import type { ChangeRun, ServerUp } from './changing-api-server.ts';
import { type ClusterSize, ownNode } from './cluster-manifests.ts';
import type { OneNodeLab } from './one-node-lab.ts';

export class ChangingServer implements AsyncDisposable {
  readonly kubeconfig: string;
  readonly podBytes: number;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;
  readonly #folder: string;

  private constructor(
    child: ChildProcessByStdio<Writable, Readable, null>,
    { answers, folder, podBytes }: { answers: AsyncIterator<string>; folder: string; podBytes: number },
  ) {
    this.#child = child;
    this.#answers = answers;
    this.#folder = folder;
    this.podBytes = podBytes;
    this.kubeconfig = join(folder, 'kubeconfig');
  }

  /** A process of its own outside of the lab's node: what it costs is not in the figures. */
  static async start({ outside, node }: OneNodeLab, size: ClusterSize): Promise<ChangingServer> {
    const [address = ''] = outside.addresses;
    const folder = mkdtempSync(join(tmpdir(), 'heddle-bench-changes-'));
    const program = join(folder, 'server.mjs');
    await build({
      ...{ entryPoints: ['test/bench/daemon/changing-api-server.ts'], outfile: program },
      ...{ bundle: true, format: 'esm', platform: 'node', target: 'node20', logLevel: 'warning' },
      conditions: ['module', 'workspace'],
    });
    const counts = [String(size.nodes), String(size.podsPerNode)];
    const words = [program, address, folder, ...counts, JSON.stringify(ownNode(node))];
    const argv = [`--net=${outside.netns}`, process.execPath, '--max-old-space-size=8192', ...words];
    const child = spawn('nsenter', argv, { stdio: ['pipe', 'pipe', 'inherit'] });
    const answers = createInterface(child.stdout)[Symbol.asyncIterator]();
    const { podBytes } = (await nextAnswer(answers)) as ServerUp;
    return new ChangingServer(child, { answers, folder, podBytes });
  }

  async change(count: number, perSecond: number): Promise<ChangeRun> {
    this.#child.stdin.write(`${count} ${perSecond}\n`);
    return (await nextAnswer(this.#answers)) as ChangeRun;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill();
    await ended;
    rmSync(this.#folder, { recursive: true });
  }
}

async function nextAnswer(answers: AsyncIterator<string>): Promise<unknown> {
  const next = await answers.next();
  if (next.done === true) throw new Error('the API server has ended');
  return JSON.parse(next.value);
}
