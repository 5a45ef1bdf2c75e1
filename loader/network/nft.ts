// Runs `nft -j`; input and output are libnftables-json(5).
import { spawn } from 'node:child_process';
import type { RtnetlinkSocket } from 'rtnetlink';
import { HeddleError } from '../errors.ts';

export type NftFamily = 'ip' | 'ip6' | 'inet';

export interface NftChain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly type?: string;
  readonly hook?: string;
  readonly prio?: number;
  readonly policy?: string;
}

export interface NftSet {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly type?: unknown;
  readonly flags?: readonly string[];
  readonly elem?: readonly unknown[];
}

/** One statement of a rule. */
export type NftStatement = Readonly<Record<string, unknown>>;

export interface NftRule {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly expr: readonly NftStatement[];
  readonly comment?: string;
  /** Only of rules that were read: the rule's number in the table. */
  readonly handle?: number;
}

export interface NftCounter {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly packets: number;
}

/** One object of a listing; it has exactly one member. */
export interface NftObject {
  readonly counter?: NftCounter;
  readonly chain?: NftChain;
  readonly set?: NftSet;
  readonly rule?: NftRule;
}

/** One command of a transaction: `{ add: { table: … } }`. */
export type NftCommand = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** nftables in one network namespace. */
export interface Nft {
  /** Applies all commands in one transaction. */
  apply(commands: readonly NftCommand[]): Promise<void>;
  /** Runs `list` with these arguments; undefined if the table or chain does not exist. */
  list(...words: readonly string[]): Promise<NftObject[] | undefined>;
}

/** nft opens /dev/stdin by path, which fails for the socket that Node gives a child, so a shell provides a pipe. */
const APPLY = ['sh', '-c', 'cat | nft -j -f -'];

/** Exit status of a shell and of nsenter for a missing program. */
const NOT_FOUND = 127;

/** Runs in the process's namespace, or through nsenter, which unlike `ip netns exec` keeps the mount namespace. */
export function createNft(netns?: RtnetlinkSocket['netns']): Nft {
  const path = typeof netns === 'object' ? netns.path : netns;
  const enter = path === undefined ? [] : ['nsenter', `--net=${path}`];
  return {
    async apply(commands) {
      if (commands.length === 0) return;
      const { status, stderr } = await run([...enter, ...APPLY], JSON.stringify({ nftables: commands }));
      if (status !== 0) throw new HeddleError('IO', `nft refused a change: ${firstLine(stderr)}`);
    },
    async list(...words) {
      const { status, stdout, stderr } = await run([...enter, 'nft', '-j', 'list', ...words]);
      if (status === 0) return (JSON.parse(stdout) as { nftables: NftObject[] }).nftables;
      if (stderr.includes('No such file or directory')) return undefined;
      throw new HeddleError('IO', `nft list ${words.join(' ')} failed: ${firstLine(stderr)}`);
    },
  };
}

interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run([command = 'nft', ...args]: readonly string[], input = ''): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'pipe', env: { ...process.env, LC_ALL: 'C' } });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', cause => reject(missingNft(cause)));
    child.on('close', status => {
      if (status === NOT_FOUND) reject(missingNft(stderr));
      else resolve({ status, stdout, stderr });
    });
    child.stdin.on('error', () => undefined); // nft ended before it read its input; its status says why
    child.stdin.end(input);
  });
}

function missingNft(cause: unknown): HeddleError {
  const text = 'nft cannot be started: install nftables, or switch masquerade off';
  return new HeddleError('KERNEL_UNSUPPORTED', text, { cause });
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}
