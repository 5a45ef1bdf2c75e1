// Everything a node's daemon has made: what must be the same before and after it was away.
import { listPinnedLinks } from '../../loader/datapath/pinned-links.ts';
import { openPinnedMaps } from '../../loader/datapath/pinned-maps.ts';
import type { NodePlan } from '../../lab/plan.ts';
import { mustExec } from './lab.ts';

/** A line each: maps by id with their rows, links and programs by id, devices, routes, neighbours, firewall. */
export async function nodeState(node: NodePlan): Promise<string[]> {
  const commands = [
    ['ip', '-o', 'link', 'show'],
    ['ip', '-o', 'address', 'show'],
    ['ip', 'route', 'show', 'table', 'all'],
    ['ip', '-6', 'route', 'show', 'table', 'all'],
    ['ip', 'neigh', 'show', 'nud', 'permanent'],
    ['nft', '--handle', 'list', 'ruleset'],
  ];
  const outputs = await Promise.all(commands.map(command => mustExec(node, ...command)));
  const lines = outputs.flatMap(output => output.trimEnd().split('\n').sort());
  return [...mapLines(node), ...linkLines(node), ...lines.map(withoutTimers)];
}

function linkLines(node: NodePlan): string[] {
  return listPinnedLinks(node.pinRoot).map(
    ({ path, linkId, programId }) => `${path}: link ${linkId ?? 'none'}, program ${programId}`,
  );
}

/** Flows and counters come and go with packets; the rest is the daemon's. */
function mapLines(node: NodePlan): string[] {
  const maps = openPinnedMaps(node.pinRoot);
  try {
    const { hd_port, hd_endpoint, hd_route, hd_node } = maps;
    const ids = Object.values(maps).map(map => `map ${map.info.name} is ${map.info.id}`);
    const rows = [hd_port, hd_endpoint, hd_route].flatMap(map =>
      [...map.entries()].map(([key, value]) => `${map.info.name}: ${text(key)} → ${text(value)}`).sort(),
    );
    // MACs there are the kernel's neighbours, learned when it speaks with them.
    const nodes = [...hd_node.entries()].map(([key, { id }]) => `hd_node: ${text(key)} → ${id}`).sort();
    return [...ids, ...rows, ...nodes];
  } finally {
    for (const map of Object.values(maps)) map[Symbol.dispose]();
  }
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
}

/** Lifetimes of addresses and learned routes run down by themselves. */
function withoutTimers(line: string): string {
  return line.replace(/ (expires|valid_lft|preferred_lft) \d+sec/g, '');
}
