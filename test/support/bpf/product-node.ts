// The seven programs over one set of maps, loaded as the daemon loads them and pinned nowhere.
import type { Program } from 'libbpf-ts';
import type { HookName } from '../../../loader/abi/hook-name.ts';
import { openMapSet, typedMap, type MapSet } from '../../../loader/abi/map-set.ts';
import { ProgramSet } from '../../../loader/programs/load.ts';

import type { MapSizes } from '../../../loader/programs/pinned-maps.ts';
import { gatewayMac, overlayMac } from '../../../loader/model/derived-macs.ts';
import { objectFolder } from './object-path.ts';

export interface ProductNodeOptions {
  readonly name: string;
  readonly nodeId: number;
  readonly vni: number;
  readonly overlayIfindex: number;
  readonly mapSizes?: MapSizes;
}

export interface ProductNode extends Disposable {
  readonly maps: MapSet;
  program(hook: HookName): Program;
}

/** No directory: nothing is pinned there, so nothing is adopted. */
const NO_PINS = '/sys/fs/bpf/heddle-nowhere';
const TUNNEL = { vxlanPort: 4789, sourcePortMin: 49_152, sourcePortMax: 65_535, tunnelTtl: 64 } as const;

export function loadProductNode(options: ProductNodeOptions): ProductNode {
  const { name, mapSizes = {}, nodeId, vni, overlayIfindex } = options;
  const numbers = { ownNodeId: nodeId, clusterVni: vni, overlayIfindex };
  const macs = { overlayMac: overlayMac(name), gatewayMac: gatewayMac(name) };
  const constants = { ...numbers, ...TUNNEL, ...macs };
  const folder = objectFolder();
  const programs = new ProgramSet({ pinRoot: NO_PINS, objectFolder: folder, constants, mapSizes }, new Map());
  programs.loadAll();
  const maps = openMapSet(map => {
    const found = programs.maps.get(map);
    if (found === undefined) throw new Error(`no program has ${map}`);
    return typedMap(map, found);
  });
  return {
    maps,
    program: hook => {
      const found = programs.programs.get(hook);
      if (found === undefined) throw new Error(`${hook} is not loaded`);
      return found;
    },
    [Symbol.dispose]: () => programs[Symbol.dispose](),
  };
}
