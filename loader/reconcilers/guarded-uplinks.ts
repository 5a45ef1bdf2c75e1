// Which uplinks uplink_tx is attached to: only there may postrouting leave it to check what leaves.
import type { UplinkFacts } from '../model/node-facts.ts';
import { attachedHooks, listPinnedLinks } from '../programs/pinned-links.ts';

type Uplinks = readonly Pick<UplinkFacts, 'ifindex'>[];

/** Their indexes; `attached`: `hook ifindex` of every attached program. */
export function guardedUplinks(uplinks: Uplinks, attached: ReadonlySet<string>): number[] {
  return uplinks.map(({ ifindex }) => ifindex).filter(ifindex => attached.has(`uplink_tx ${ifindex}`));
}

/** As an earlier daemon has left them. */
export function pinnedGuards(pinRoot: string, uplinks: Uplinks): number[] {
  return guardedUplinks(uplinks, attachedHooks(listPinnedLinks(pinRoot)));
}
