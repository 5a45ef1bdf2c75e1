// Names of this install's network objects, from the configuration.
import type { Config } from '../config.ts';
import { DEFAULT_NAMES, type NetworkNames } from '../network/names.ts';

export function networkNames(config: Pick<Config, 'overlayDevice' | 'nftTable'>): NetworkNames {
  return { ...DEFAULT_NAMES, overlayDevice: config.overlayDevice, nftTable: config.nftTable };
}
