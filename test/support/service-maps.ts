// The maps of Services by themselves: no program, no pin.
import { BpfMap, codecOf } from 'libbpf-ts';
import { MAPS } from '../../loader/abi/abi.gen.ts';
import type { ServiceMaps } from '../../loader/tables/service-entries.ts';
import { CODECS } from './bpf/codecs.ts';

export interface OwnedServiceMaps extends Disposable {
  readonly maps: ServiceMaps;
}

export function createServiceMaps(maxEntries = 262_144): OwnedServiceMaps {
  const create = (name: keyof ServiceMaps): BpfMap => {
    const { type, keySize, valueSize, flags, key, value } = MAPS[name];
    const codecs = { key: codecOf<unknown>(key, CODECS), value: codecOf<unknown>(value, CODECS) };
    return BpfMap.create({ name, type, keySize, valueSize, maxEntries, flags }, codecs);
  };
  const maps = {
    hd_service: create('hd_service'),
    hd_backend: create('hd_backend'),
    hd_backend_info: create('hd_backend_info'),
  };
  return {
    maps: maps as unknown as ServiceMaps,
    [Symbol.dispose]: () => {
      for (const map of Object.values(maps)) map[Symbol.dispose]();
    },
  };
}
