// What a node holds: equal before and after a fault, or something was left behind.
import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { daemonOf } from '../../lab/daemon.ts';
import type { Lab } from '../../lab/lab.ts';
import type { NodePlan } from '../../lab/plan.ts';
import { listPinnedLinks } from '../../loader/programs/pinned-links.ts';
import { EXPEDITED_SWITCH, isExpeditedOff } from '../support/grace-periods.ts';
import { nodeState } from '../support/node-state.ts';

/** Descriptors that a daemon has for its clients and files of the moment. */
const FD_SLACK = 3;

export interface Holdings {
  /** Of each node, a line each: maps with their rows, links and programs by id, devices, routes, rules. */
  readonly state: ReadonlySet<string>;
  /** Descriptors of each node's daemon, by what they are of. */
  readonly fds: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly namespaces: ReadonlySet<string>;
}

export async function holdingsOf(lab: Lab): Promise<Holdings> {
  const states = await Promise.all(
    lab.nodes.map(async node => (await nodeState(node)).map(line => `${node.name}: ${line}`)),
  );
  return {
    state: new Set(states.flat()),
    fds: new Map(lab.nodes.map(node => [node.name, countFds(node)])),
    namespaces: new Set(readdirSync('/run/netns').filter(name => name.startsWith(`hd-${lab.options.name}-`))),
  };
}

/**
 * Without the numbers of maps and programs. Links keep theirs, since a program is replaced by link update, but for
 * netfilter's, which have no update (kernel: bpf_nf_link_update answers EOPNOTSUPP).
 */
export function withoutIds(holdings: Holdings): Holdings {
  const lines = [...holdings.state].map(line =>
    line
      .replace(/: map (\S+) is \d+$/, ': map $1')
      .replace(/, program \d+$/, '')
      .replace(/(\/netfilter\/\S+): link \d+$/, '$1'),
  );
  return { ...holdings, state: new Set(lines) };
}

/** One sentence for each difference. */
export function leaksBetween(before: Holdings, after: Holdings): string[] {
  return [
    ...differences(before.state, after.state),
    ...differences(before.namespaces, after.namespaces),
    ...[...after.fds].flatMap(([node, counts]) => grownFds(node, before.fds.get(node), counts)),
  ];
}

/** One sentence for each hook of each device that does not have exactly one program of ours. */
export function doubledHooks(lab: Lab): string[] {
  return lab.nodes.flatMap(node => {
    const places = listPinnedLinks(node.pinRoot).map(
      ({ hook, ifindex, family }) => `${node.name}: ${hook} on ${ifindex ?? family ?? '?'}`,
    );
    return places.filter((place, i) => places.indexOf(place) !== i).map(place => `${place} is there twice`);
  });
}

export async function expeditedLeft(): Promise<string[]> {
  return (await isExpeditedOff()) ? [] : [`${EXPEDITED_SWITCH} stays on`];
}

function differences(before: ReadonlySet<string>, after: ReadonlySet<string>): string[] {
  return [
    ...[...before].filter(line => !after.has(line)).map(line => `gone: ${line}`),
    ...[...after].filter(line => !before.has(line)).map(line => `new: ${line}`),
  ];
}

function grownFds(
  node: string,
  before: ReadonlyMap<string, number> | undefined,
  after: ReadonlyMap<string, number>,
): string[] {
  return [...after]
    .filter(([kind, count]) => count > (before?.get(kind) ?? 0) + FD_SLACK)
    .map(
      ([kind, count]) =>
        `${node}: the daemon has ${count} descriptors of ${kind}, not ${before?.get(kind) ?? 0}`,
    );
}

function countFds(node: NodePlan): Map<string, number> {
  const counts = new Map<string, number>();
  const daemon = daemonOf(node);
  const folder = `/proc/${daemon?.pid ?? 0}/fd`;
  for (const name of daemon === undefined ? [] : readdirSync(folder)) {
    const kind = kindOf(join(folder, name));
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/** `socket:[123]` is of the kind `socket`. */
function kindOf(path: string): string {
  try {
    return readlinkSync(path).replace(/:?\[\d+\]$/, '');
  } catch {
    return 'nothing any more';
  }
}
