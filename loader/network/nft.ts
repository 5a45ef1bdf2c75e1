// Runs `nft -j`; input and output are libnftables-json(5).
import type { RtnetlinkSocket } from 'rtnetlink';
import { HeddleError } from '../errors.ts';
import { runCommand, type CommandResult } from './run-command.ts';

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

/** Numbers throughout: names depend on /etc/protocols and /etc/services, which a small image lacks, and what is read is compared. */
const LIST = ['nft', '-j', '-n', '-y', 'list'];

/** Exit status of a shell and of nsenter for a missing program. */
const NOT_FOUND = 127;

/** For one listing or change. A ruleset of tens of thousands of rules takes a second. */
const LIMIT_MS = 15_000;

/** Runs in the process's namespace, or through nsenter, which unlike `ip netns exec` keeps the mount namespace. `signal` ends running processes. */
export function createNft(netns?: RtnetlinkSocket['netns'], signal?: AbortSignal): Nft {
  const path = typeof netns === 'object' ? netns.path : netns;
  const enter = path === undefined ? [] : ['nsenter', `--net=${path}`];
  return {
    async apply(commands) {
      if (commands.length === 0) return;
      const { status, stderr } = await run(
        [...enter, ...APPLY],
        JSON.stringify({ nftables: commands }),
        signal,
      );
      if (status !== 0) throw new HeddleError('IO', `nft refused a change: ${firstLine(stderr)}`);
    },
    async list(...words) {
      const { status, stdout, stderr } = await run([...enter, ...LIST, ...words], '', signal);
      if (status === 0) return (JSON.parse(stdout) as { nftables: NftObject[] }).nftables;
      if (stderr.includes('No such file or directory')) return undefined;
      throw new HeddleError('IO', `nft list ${words.join(' ')} failed: ${firstLine(stderr)}`);
    },
  };
}

async function run(argv: readonly string[], input: string, signal?: AbortSignal): Promise<CommandResult> {
  let result: CommandResult;
  try {
    result = await runCommand(argv, input, { limitMs: LIMIT_MS, signal });
  } catch (cause) {
    if (cause instanceof HeddleError) throw cause;
    throw notStarted(cause);
  }
  if (result.status === NOT_FOUND) throw missingNft(result.stderr);
  return result;
}

/** A shortage of descriptors, processes or memory passes; a program that is absent has to be installed. */
function notStarted(cause: unknown): HeddleError {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT') return missingNft(cause);
  return new HeddleError('IO', `nft cannot be started: ${message}`, { cause });
}

function missingNft(cause: unknown): HeddleError {
  const text = 'nft cannot be started: install nftables, or switch masquerade off';
  return new HeddleError('KERNEL_UNSUPPORTED', text, { cause });
}

/** Whether a call of nft failed because there is no such program. */
export function isNftMissing(error: unknown): boolean {
  return error instanceof HeddleError && error.code === 'KERNEL_UNSUPPORTED';
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}
