// LEVEL=bpf: the loaded programs over real maps, a machine for each node, and packets carried between them.
import type { World } from '../../support/policy/world.ts';
import type { Level, LiveLevel } from '../level.ts';
import { Cluster, type Encapsulation } from './cluster.ts';
import { Machines } from './machines.ts';

/** Needs a network namespace of its own (own-netns.ts). */
export function bpfLevel(encapsulation: Encapsulation = 'always'): Level {
  const machines = new Machines();
  return {
    name: 'bpf',
    prepare: () => import('../../support/bpf/own-netns.ts'),
    openLevel(world: World): Promise<LiveLevel> {
      const cluster = new Cluster(machines, world, encapsulation);
      return Promise.resolve({
        apply: next => cluster.apply(next),
        ask: queries => Promise.resolve(queries.map(query => cluster.ask(query))),
        close() {
          cluster.close();
          return Promise.resolve();
        },
      });
    },
  };
}
