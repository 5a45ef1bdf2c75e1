// Converts cells and configuration into the model's input.
import type { Config } from '../config.ts';
import type { NodeFacts, TunnelSettings } from '../model/node-facts.ts';
import type { NodeContext } from './node-context.ts';

export function nodeFacts({ config, cells }: NodeContext, overlayIfindex: number): NodeFacts {
  return { nodeName: config.nodeName, uplinks: uplinkFacts(cells), overlayIfindex };
}

/** The same facts while the cells have the same values. */
export class NodeFactsCache {
  readonly #context: NodeContext;
  #from: readonly unknown[] = [];
  #facts: NodeFacts | undefined;

  constructor(context: NodeContext) {
    this.#context = context;
  }

  current(): NodeFacts {
    const { uplinks, neighbours, overlay } = this.#context.cells;
    const from = [uplinks.known, neighbours.known, overlay.known.ifindex];
    const isSame = from.every((each, i) => each === this.#from[i]);
    this.#from = from;
    return (this.#facts =
      isSame && this.#facts !== undefined ? this.#facts : nodeFacts(this.#context, overlay.known.ifindex));
  }
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
