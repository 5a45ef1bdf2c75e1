// Everything a node's daemon has made: what must be the same before and after it was away.
import { listPinnedLinks } from '../../loader/programs/pinned-links.ts';
import { openPinnedMaps } from '../../loader/programs/pinned-maps.ts';
import type { NodePlan } from '../../lab/plan.ts';
import { mustExec } from './lab.ts';

/** Each answers a list of objects, or one whose member of that name is the list. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  link: ['ip', '-j', 'link', 'show'],
  address: ['ip', '-j', 'address', 'show'],
  route: ['ip', '-j', 'route', 'show', 'table', 'all'],
  'route of IPv6': ['ip', '-j', '-6', 'route', 'show', 'table', 'all'],
  neighbour: ['ip', '-j', 'neigh', 'show', 'nud', 'permanent'],
  nftables: ['nft', '-j', '--handle', 'list', 'ruleset'],
};

/** Run down, or up, by themselves: lifetimes of addresses and learned routes, what rules have counted. */
const UNSTEADY = new Set(['expires', 'valid_life_time', 'preferred_life_time', 'packets', 'bytes']);

/** A line each: maps by id with their rows, links and programs by id, devices, routes, neighbours, firewall. */
export async function nodeState(node: NodePlan): Promise<string[]> {
  const answers = await Promise.all(
    Object.entries(COMMANDS).map(async ([noun, command]) => {
      const answer = JSON.parse(await mustExec(node, ...command)) as object[] | { nftables: object[] };
      const objects = Array.isArray(answer) ? answer : answer.nftables;
      return objects.map(object => `${noun}: ${text(steady(object))}`).sort();
    }),
  );
  return [...mapLines(node), ...linkLines(node), ...answers.flat()];
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
    const { hd_iface, hd_endpoint, hd_route, hd_node } = maps;
    const ids = Object.values(maps).map(map => `map ${map.info.name} is ${map.info.id}`);
    const rows = [hd_iface, hd_endpoint, hd_route].flatMap(map =>
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

/** The same object, whatever the order of its members was, without what is not the same twice. */
function steady(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(steady);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([name]) => !UNSTEADY.has(name));
  return Object.fromEntries(members.sort().map(([name, part]) => [name, steady(part)]));
}
