// Converts cells and configuration into the model's input.
import type { Config } from '../config.ts';
import type { NodeFacts, TunnelSettings } from '../model/node-facts.ts';
import type { NodeContext } from './node-context.ts';

export function nodeFacts({ config, cells }: NodeContext, overlayIfindex: number): NodeFacts {
  return { nodeName: config.nodeName, uplinks: uplinkFacts(cells), overlayIfindex };
}

function uplinkFacts({ uplinks, neighbours }: NodeContext['cells']): NodeFacts['uplinks'] {
  const [first, ...others] = uplinks.known.flatMap((device, i) => {
    const known = neighbours.known[i];
    return known === undefined ? [] : [{ ...device, ...known }];
  });
  if (first === undefined) throw new TypeError('uplinks: the list is empty');
  return [first, ...others];
}

export function tunnelSettings({ tunnel }: Config): TunnelSettings {
  return tunnel;
}
