// Counts the packets that the host's stack sends by the uplink, with nftables at the device's egress.
import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { HeddleError } from '../errors.ts';
import { createNft, type Nft } from '../network/nft.ts';

export interface HostPackets {
  /** Frames so far; a GSO packet counts once. Packets that a program redirects are not counted. */
  read(): Promise<bigint>;
  /** Removes the rules; the end of this process removes them too. */
  close(): void;
}

const COUNTER = 'host';
/** Created last: its existence shows that all rules are there. */
const READY_COUNTER = 'last';
const TIMEOUT_MS = 30_000;
const POLL_MS = 10;

/** Throws IO or KERNEL_UNSUPPORTED when nftables cannot count there. */
export async function countHostPackets(
  netns: string | undefined,
  devices: readonly string[],
): Promise<HostPackets> {
  const table = `heddle_audit_${process.pid}`;
  const [command, argv]: [string, string[]] =
    netns === undefined ? ['nft', ['-i']] : ['nsenter', [`--net=${netns}`, 'nft', '-i']];
  const child = spawn(command, argv, { stdio: ['pipe', 'ignore', 'pipe'] });
  const refusal = refusalOf(child);
  child.stdin.on('error', () => undefined); // the child's exit is handled below
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
 * `owner`: the kernel removes the table with the socket that created it (5.12). Packets redirected by tc or tcx skip
 * netfilter's egress hook (nf_skip_egress() in net/core/dev.c, 5.16), so only the stack's own packets are counted.
 */
function rules(table: string, devices: readonly string[]): string {
  const names = devices.map(name => JSON.stringify(name)).join(', ');
  const lines = [
    `add table netdev ${table} { flags owner; }`,
    `add counter netdev ${table} ${COUNTER}`,
    `add chain netdev ${table} out { type filter hook egress devices = { ${names} } priority 0; }`,
    `add rule netdev ${table} out counter name ${COUNTER}`,
    `add counter netdev ${table} ${READY_COUNTER}`,
  ];
  return lines.map(line => `${line}\n`).join('');
}

/** The error of nft; undefined while there is none. */
function refusalOf(child: ChildProcess): () => HeddleError | undefined {
  let stderr = '';
  let cause: unknown;
  child.stderr?.on('data', (data: Buffer) => (stderr += data.toString()));
  child.on('error', error => (cause = error));
  child.on('exit', code => (cause ??= `exit status ${code ?? 'none'}`));
  return () => {
    if (stderr !== '')
      return new HeddleError('IO', `nft rejected the counting rules: ${stderr.trim().split('\n')[0] ?? ''}`);
    if (cause === undefined) return undefined;
    return new HeddleError('KERNEL_UNSUPPORTED', 'nft cannot be started: install nftables', { cause });
  };
}

async function waitForRules(nft: Nft, table: string, refusal: () => HeddleError | undefined): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  for (;;) {
    const isDone = (await countersOf(nft, table)).has(READY_COUNTER);
    const refused = refusal();
    if (refused !== undefined) throw refused;
    if (isDone) return;
    if (performance.now() > deadline)
      throw new HeddleError('IO', 'nft did not install the counting rules in time');
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
  if (packets === undefined) throw new HeddleError('IO', 'the counting rules were removed meanwhile');
  return packets;
}
