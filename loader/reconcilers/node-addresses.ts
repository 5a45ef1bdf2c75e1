// Checks that this node takes in packets to the addresses that other nodes send to. It changes nothing.
import { tunnelAddressesOf, underlayAddressesOf } from '../model/node-addresses.ts';
import type { NodeObject } from '../model/objects.ts';
import { unusableAddresses } from '../network/node-addresses.ts';
import { HeddleError } from '../errors.ts';
import type { NodeContext } from './node-context.ts';
import type { Reconciler } from './reconciler.ts';

/** Pods' devices come and go in bursts, and each is a link event. */
const MIN_INTERVAL_MS = 1_000;

export function nodeAddresses({ config, socket, cells, cluster }: NodeContext): Reconciler {
  return {
    name: 'node-addresses',
    needs: [cells.nodes],
    announcedBy: ['link', 'address'],
    isNeededByPods: true,
    isAfterStart: true, // ADD and DEL work; what was added is reached once the address is there
    minIntervalMs: MIN_INTERVAL_MS,
    sync() {
      const self = cluster().nodes.get(config.nodeName);
      if (self === undefined) return []; // a condition of its own
      const unusable = unusableAddresses(socket, underlayAddressesOf(self));
      const [preferred] = tunnelAddressesOf(self);
      if (preferred === undefined) throw noAddress(self);
      const problems = [...unusable].map(([addr, why]) => addressProblem(self, addr, why));
      // The other nodes send to the first; another one is of one family, or of host traffic alone.
      if (unusable.has(preferred)) throw new HeddleError('NOT_READY', problems.join('; '));
      return problems;
    },
  };
}

function noAddress({ name }: NodeObject): HeddleError {
  const text = `node ${name} has no address that other nodes can send to: its Node object must name an InternalIP`;
  return new HeddleError('NOT_READY', text);
}

function addressProblem({ name }: NodeObject, addr: string, why: string): string {
  return `the address ${addr} of node ${name} ${why}: assign it to the uplink, or correct the Node object`;
}
