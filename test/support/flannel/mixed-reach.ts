// Who reaches whom in a cluster of flannel's nodes and Heddle's: pods with each other, nodes with each other's pods.
import { execFileSync } from 'node:child_process';
import { basename } from 'node:path';
import { startEcho } from '../traffic.ts';
import type { LabServer } from '../../../lab/serve.ts';
import type { TestHost } from '../lab.ts';
import { eachWay, failuresOf, type Attempt } from '../reach.ts';
import { until } from '../until.ts';

const FAMILIES = ['ipv4', 'ipv6'] as const;

export class MixedReach {
  /** By node: what it is seen as, by its network. */
  readonly hosts: Map<string, TestHost>;
  readonly #servers = new Map<string, LabServer>();

  constructor(
    t: { teardown(clean: () => Promise<void>): void },
    hosts: Iterable<readonly [string, TestHost]>,
  ) {
    this.hosts = new Map(hosts);
    t.teardown(async () => {
      for (const server of this.#servers.values()) await server.stop();
    });
  }

  /** A node's addresses are others once its network is. */
  async serveAnew(...parties: readonly TestHost[]): Promise<void> {
    for (const { netns } of parties) {
      await this.#servers.get(netns)?.stop();
      this.#servers.set(netns, await startEcho(netns));
    }
  }

  /**
   * Pods with each other, nodes with each other's pods, pods with nodes' own addresses; each sees whom it speaks with. Without
   * `withNodesAsPeers` nobody speaks to a node: at its underlay address it may see a pod as the pod's node.
   */
  async failures(pods: readonly TestHost[], withNodesAsPeers = true): Promise<string[]> {
    await Promise.all(pods.map(({ netns }) => settledAddresses(netns)));
    return failuresOf(this.#mesh(pods, withNodesAsPeers));
  }

  #mesh(pods: readonly TestHost[], withNodesAsPeers: boolean): Attempt[] {
    const nodeOf = (pod: TestHost): string => pod.name.split('-')[0] ?? '';
    const pairs = pods.flatMap(from => pods.filter(to => to !== from).map(to => [from, to] as const));
    return pairs.flatMap(([from, to]) => {
      const host = this.hosts.get(nodeOf(to));
      const toPod = host === undefined ? [] : [[host, from] as const];
      const toNode = host === undefined || !withNodesAsPeers ? [] : [[from, host] as const];
      return [[from, to] as const, ...toPod, ...toNode].flatMap(([one, other]) =>
        eachWay(one, other, FAMILIES),
      );
    });
  }
}

/** Nothing is tentative: namespaces are made without duplicate address detection. */
function settledAddresses(netns: string): Promise<boolean> {
  return until(
    () => execFileSync('ip', ['-n', basename(netns), 'address', 'show', 'tentative']).length === 0,
  );
}
