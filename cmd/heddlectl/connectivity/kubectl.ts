// kubectl as a program: the cluster that it talks to is the one that its own flags and environment name.
import { runCommand, type CommandResult } from '../../../loader/network/run-command.ts';

export interface KubectlCall {
  readonly input?: string;
  readonly limitMs?: number;
}

const LIMIT_MS = 60_000;

export class Kubectl {
  readonly #words: readonly string[];

  /** `words`: the program and its global flags. */
  constructor(words: readonly string[]) {
    this.#words = words;
  }

  /** Rejects with `IO` when it does not end in time. */
  run(argv: readonly string[], { input = '', limitMs = LIMIT_MS }: KubectlCall = {}): Promise<CommandResult> {
    return runCommand([...this.#words, ...argv], input, { limitMs });
  }

  /** What it prints; rejects with its words unless it succeeds. */
  async ask(argv: readonly string[], call: KubectlCall = {}): Promise<string> {
    const { status, stdout, stderr } = await this.run(argv, call);
    if (status === 0) return stdout;
    throw new Error(`kubectl ${argv.slice(0, 3).join(' ')} ended with ${String(status)}: ${stderr.trim()}`);
  }

  async list<Item>(argv: readonly string[]): Promise<readonly Item[]> {
    const { items } = JSON.parse(await this.ask([...argv, '--output', 'json'])) as { items: readonly Item[] };
    return items;
  }
}
