// Maps as an older build would have made them: the same object with one member of a struct under another name.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadObject, readObject } from 'libbpf-ts';
import type { MapName } from '../../../loader/abi/abi.gen.ts';
import type { HookName } from '../../../loader/abi/hook-name.ts';
import { findObjectFolder } from '../../../loader/programs/objects.ts';
import { mapPin, replacePin } from '../../../loader/programs/pin.ts';

export interface RenamedMember {
  /** As it is in the headers now. */
  readonly now: string;
  /** As long as `now`. */
  readonly then: string;
}

/** Pins `maps` of the hook's object as it would have been with the other name in its BTF. */
export function pinOldMaps(
  pinRoot: string,
  hook: HookName,
  renamed: RenamedMember,
  maps: readonly MapName[],
): void {
  const bytes = readFileSync(join(findObjectFolder(), `${hook}.bpf.o`));
  const name = Buffer.from(`\0${renamed.now}\0`);
  for (let at = bytes.indexOf(name); at >= 0; at = bytes.indexOf(name, at + 1))
    bytes.write(renamed.then, at + 1);
  using object = loadObject(readObject(bytes), { name: 'old' });
  for (const map of maps) replacePin(object.map(map), mapPin(pinRoot, map));
}
