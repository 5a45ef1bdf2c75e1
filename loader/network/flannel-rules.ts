// flannel's rules: tables of its own in nftables, or chains FLANNEL-… in iptables' tables, of either implementation.
import { existsSync, readFileSync } from 'node:fs';
import { messageOf } from '../errors.ts';
import type { Nft, NftCommand, NftFamily, NftRule, NftStatement } from './nft.ts';
import type { Remain } from './remain.ts';
import { runIfInstalled } from './run-command.ts';

export interface FlannelRules {
  readonly remains: readonly Remain[];
  /** One sentence for each table that cannot be looked at. */
  readonly left: readonly string[];
}

/** Of its option EnableNFTables. */
const OWN_TABLES = [
  ['ip', 'flannel-ipv4'],
  ['ip6', 'flannel-ipv6'],
] as const;
const CHAIN = /^FLANNEL-[A-Z-]+$/;
const TABLES = ['nat', 'filter'] as const;
const LIMIT_MS = 15_000;

/** iptables' former implementation, by family: the file lists the tables that it has loaded. */
const LEGACY = [
  { family: 'ip', command: 'iptables-legacy', loaded: '/proc/net/ip_tables_names' },
  { family: 'ip6', command: 'ip6tables-legacy', loaded: '/proc/net/ip6_tables_names' },
] as const;

export async function findFlannelRules(nft: Nft): Promise<FlannelRules> {
  const remains: Remain[] = [];
  const left: string[] = [];
  for (const [family, table] of OWN_TABLES)
    if ((await nft.list('table', family, table)) !== undefined) remains.push(ownTable(nft, family, table));
  for (const family of ['ip', 'ip6'] as const)
    for (const table of TABLES) remains.push(...(await chainsOf(nft, family, table)));
  for (const legacy of LEGACY)
    for (const table of TABLES) {
      try {
        remains.push(...(await legacyChains(legacy, table)));
      } catch (error) {
        left.push(
          `the table ${table} of ${legacy.command} may have chains FLANNEL-…, a reboot removes them: ${messageOf(error)}`,
        );
      }
    }
  return { remains, left };
}

function ownTable(nft: Nft, family: NftFamily, name: string): Remain {
  return {
    subject: `nftables table ${family} ${name}`,
    what: "flannel's own",
    remove: () => nft.apply([{ delete: { table: { family, name } } }]),
  };
}

async function chainsOf(nft: Nft, family: NftFamily, table: string): Promise<Remain[]> {
  const listed = (await nft.list('table', family, table)) ?? [];
  const rules = listed.flatMap(({ rule }) => rule ?? []);
  const names = listed.flatMap(({ chain }) =>
    chain !== undefined && CHAIN.test(chain.name) ? chain.name : [],
  );
  return names.map(name => {
    const jumps = rules.filter(rule => rule.expr.some(statement => jumpsTo(statement, name)));
    return {
      subject: `chain ${name} of ${family} ${table}`,
      what: `of iptables, with ${jumps.length} rules that jump to it`,
      remove: () => nft.apply(removalOf(family, table, { name, jumps })),
    };
  });
}

/** One transaction: a chain that is jumped to cannot go. */
function removalOf(
  family: NftFamily,
  table: string,
  { name, jumps }: { readonly name: string; readonly jumps: readonly NftRule[] },
): NftCommand[] {
  return [
    ...jumps.map(({ chain, handle }) => ({ delete: { rule: { family, table, chain, handle } } })),
    { flush: { chain: { family, table, name } } },
    { delete: { chain: { family, table, name } } },
  ];
}

function jumpsTo(statement: NftStatement, chain: string): boolean {
  const verdict = statement['jump'] ?? statement['goto'];
  return (verdict as { readonly target?: unknown } | undefined)?.target === chain;
}

/** Rejects when they cannot be looked at. */
async function legacyChains({ command, loaded }: (typeof LEGACY)[number], table: string): Promise<Remain[]> {
  if (!existsSync(loaded) || !readFileSync(loaded, 'utf8').split('\n').includes(table)) return [];
  const lines = (await run([`${command}-save`, '-t', table])).split('\n');
  const names = lines.flatMap(line => /^:(FLANNEL-[A-Z-]+) /.exec(line)?.[1] ?? []);
  return names.map(name => {
    const jumps = lines.filter(line => line.startsWith('-A ') && line.endsWith(` -j ${name}`));
    const steps = [...jumps.map(line => wordsOf(`-D ${line.slice(3)}`)), ['-F', name], ['-X', name]];
    return {
      subject: `chain ${name} of ${command} ${table}`,
      what: `with ${jumps.length} rules that jump to it`,
      remove: async () => {
        for (const step of steps) await run([command, '-w', '-t', table, ...step]);
      },
    };
  });
}

/** What it prints. */
async function run(argv: readonly string[]): Promise<string> {
  const result = await runIfInstalled(argv, { limitMs: LIMIT_MS });
  if (result === undefined) throw new Error(`${argv[0] ?? ''} is not installed here`);
  const { status, stdout, stderr } = result;
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status ?? 'a signal'}: ${stderr.trim()}`);
  return stdout;
}

/** As iptables-save quotes: double quotes around what has blanks. */
function wordsOf(line: string): string[] {
  return Array.from(line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g), ([, quoted, plain = '']) => quoted ?? plain);
}
