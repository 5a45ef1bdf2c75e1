// Converts cells and configuration into the model's input.
import type { Config } from '../config.ts';
import type { NodeFacts, TunnelSettings } from '../model/node-facts.ts';
import type { Uplink } from '../network/uplink.ts';
import type { NodeContext } from './node-context.ts';

/** The uplink for which paths are computed: the first. */
export function mainUplink({ uplinks, neighbours }: NodeContext['cells']): Uplink {
  const [device] = uplinks.known;
  const [known] = neighbours.known;
  if (device === undefined || known === undefined) throw new TypeError('uplinks: the list is empty');
  return { ...device, ...known };
}

export function nodeFacts({ config, cells }: NodeContext, overlayIfindex: number): NodeFacts {
  return { nodeName: config.nodeName, uplink: mainUplink(cells), overlayIfindex };
}

export function tunnelSettings({ tunnel }: Config): TunnelSettings {
  return { ...tunnel, segment: tunnel.vni };
}
