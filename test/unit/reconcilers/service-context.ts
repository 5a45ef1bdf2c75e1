// What the reconcilers of Services see of a node, over maps of text rows.
import { loadConfig, type Config } from '../../../loader/config.ts';
import type { Nft } from '../../../loader/network/nft.ts';
import type { Programs } from '../../../loader/programs/programs.ts';
import { createNodeCells } from '../../../loader/reconcilers/node-cells.ts';
import type { NodeContext } from '../../../loader/reconcilers/node-context.ts';
import { mapOf, TextMap } from '../../support/text-map.ts';

const CONFIG = loadConfig({ argv: [], env: {}, readFile: () => undefined, hostname: 'a' });

export function programsOf(raw = rawMaps()): Programs {
  const maps = {
    hd_service: mapOf(raw.hd_service),
    hd_backend: mapOf(raw.hd_backend),
    hd_backend_info: mapOf(raw.hd_backend_info),
    hd_flow_epoch: mapOf(raw.hd_flow_epoch),
  };
  return { maps } as unknown as Programs;
}

export function rawMaps() {
  return {
    hd_service: new TextMap('hd_service'),
    hd_backend: new TextMap('hd_backend'),
    hd_backend_info: new TextMap('hd_backend_info'),
    hd_flow_epoch: new TextMap('hd_flow_epoch'),
  };
}

export function contextOf(services: Config['services'], list: Nft['list'] = () => Promise.resolve([])) {
  const cells = createNodeCells();
  const changes: string[] = [];
  const context = {
    config: { ...CONFIG, services },
    nft: { list },
    cells,
    onChange: ({ action }: { action: string }) => changes.push(action),
  } as unknown as NodeContext;
  return { context, cells, changes };
}
