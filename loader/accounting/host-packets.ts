// What the host's own stack sends by the uplink: counted by nftables at the device's egress, for as long as somebody asks.
import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { HeddleError } from '../errors.ts';
import { createNft, type Nft } from '../network/nft.ts';

export interface HostPackets {
  /** Frames so far, a super-packet as one. What a program redirects is not among them. */
  read(): Promise<bigint>;
  /** The rules go with it, as they do with this process. */
  close(): void;
}

const COUNTER = 'host';
/** A counter that is made after all else. */
const LAST = 'last';
const PATIENCE_MS = 30_000;
const POLL_MS = 10;

/** Throws IO or KERNEL_UNSUPPORTED, in one sentence, when nftables cannot count there. */
export async function countHostPackets(
  netns: string | undefined,
  devices: readonly string[],
): Promise<HostPackets> {
  const table = `heddle_audit_${process.pid}`;
  const [command, argv]: [string, string[]] =
    netns === undefined ? ['nft', ['-i']] : ['nsenter', [`--net=${netns}`, 'nft', '-i']];
  const child = spawn(command, argv, { stdio: ['pipe', 'ignore', 'pipe'] });
  const refusal = refusalOf(child);
  child.stdin.on('error', () => undefined); // its end is seen below
  child.stdin.write(rules(table, devices));
  const nft = createNft(netns);
  try {
    await waitForRules(nft, table, refusal);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return { read: () => hostPackets(nft, table), close: () => child.kill('SIGKILL') };
}

/**
 * `owner`: the kernel removes a table with the socket that made it (5.12). What tc or tcx redirects skips netfilter's
 * egress hook (nf_skip_egress() in net/core/dev.c, 5.16), so only the stack's own packets come by.
 */
function rules(table: string, devices: readonly string[]): string {
  const names = devices.map(name => JSON.stringify(name)).join(', ');
  const lines = [
    `add table netdev ${table} { flags owner; }`,
    `add counter netdev ${table} ${COUNTER}`,
    `add chain netdev ${table} out { type filter hook egress devices = { ${names} } priority 0; }`,
    `add rule netdev ${table} out counter name ${COUNTER}`,
    `add counter netdev ${table} ${LAST}`,
  ];
  return lines.map(line => `${line}\n`).join('');
}

/** What nft said against the rules; undefined as long as it has said nothing. */
function refusalOf(child: ChildProcess): () => HeddleError | undefined {
  let said = '';
  let cause: unknown;
  child.stderr?.on('data', (data: Buffer) => (said += data.toString()));
  child.on('error', error => (cause = error));
  child.on('exit', code => (cause ??= `exit status ${code ?? 'none'}`));
  return () => {
    if (said !== '')
      return new HeddleError('IO', `nft refused to count: ${said.trim().split('\n')[0] ?? ''}`);
    if (cause === undefined) return undefined;
    return new HeddleError('KERNEL_UNSUPPORTED', 'nft cannot be started: install nftables', { cause });
  };
}

async function waitForRules(nft: Nft, table: string, refusal: () => HeddleError | undefined): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const isDone = (await countersOf(nft, table)).has(LAST);
    const refused = refusal();
    if (refused !== undefined) throw refused;
    if (isDone) return;
    if (Date.now() > deadline) throw new HeddleError('IO', 'nft did not take the rules that count');
    await sleep(POLL_MS);
  }
}

async function countersOf(nft: Nft, table: string): Promise<ReadonlyMap<string, bigint>> {
  const objects = (await nft.list('counters')) ?? [];
  return new Map(
    objects.flatMap(({ counter }) =>
      counter?.table === table ? [[counter.name, BigInt(counter.packets)] as const] : [],
    ),
  );
}

async function hostPackets(nft: Nft, table: string): Promise<bigint> {
  const packets = (await countersOf(nft, table)).get(COUNTER);
  if (packets === undefined) throw new HeddleError('IO', 'the rules that count were removed meanwhile');
  return packets;
}
