// Finds pins and attachments that were removed; the kernel emits no event for that.
import { HOOK_NAMES } from '../abi/hook-name.ts';
import { MAP_NAMES } from '../abi/map-set.ts';
import { isDeviceLink, type DesiredLink } from './desired-link.ts';
import { pinnedHooks, pinnedMapNames } from './pin.ts';
import { listPinnedLinks } from './pinned-links.ts';

/** A short description of each. XDP is optional and not checked. */
export function missingParts(
  pinRoot: string,
  desired: readonly DesiredLink[],
  loaded: ReadonlySet<string>,
): string[] {
  const attached = new Set(
    listPinnedLinks(pinRoot).flatMap(({ hook, ifindex, programId }) =>
      programId === 0 ? [] : [placeOf(hook, ifindex)],
    ),
  );
  const links = desired.flatMap(link => {
    if (link.hook === 'uplink_xdp') return [];
    const place = placeOf(link.hook, isDeviceLink(link) ? link.device.ifindex : undefined);
    return attached.has(place) ? [] : [place];
  });
  return [...links, ...missingPins(pinRoot, loaded)];
}

function missingPins(pinRoot: string, loaded: ReadonlySet<string>): string[] {
  const [maps, programs] = [new Set(pinnedMapNames(pinRoot)), new Set(pinnedHooks(pinRoot))];
  return [
    ...MAP_NAMES.filter(name => !maps.has(name)).map(name => `the pin of ${name}`),
    ...HOOK_NAMES.filter(hook => loaded.has(hook) && !programs.has(hook)).map(hook => `the pin of ${hook}`),
  ];
}

function placeOf(hook: string, ifindex: number | undefined): string {
  return ifindex === undefined ? `${hook} of netfilter` : `${hook} on device ${ifindex}`;
}
