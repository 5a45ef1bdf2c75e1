// What of the machine's networking is this install's.
import type { Config } from '../config.ts';
import { DEFAULT_NAMES, type NetworkNames } from '../network/names.ts';

export function networkNames(config: Pick<Config, 'overlayDevice' | 'nftTable'>): NetworkNames {
  return { ...DEFAULT_NAMES, overlayDevice: config.overlayDevice, nftTable: config.nftTable };
}
