// Devices of pods whose ADD or DEL a crash has cut off. They go before the start waits for anything: their rows go with
// the first write of the tables, and a device without rows carries no packet.
import { listLinks, type RtnetlinkSocket } from 'rtnetlink';
import type { Ipam } from '../ipam/ipam.ts';
import { detachPod } from '../network/pod-interface.ts';
import { podOwnerOf } from '../network/pod-links.ts';
import { pinnedNames } from './lost-attachments.ts';

/** Their records stay until `removeUnfinished`, which deletes their flows, too. A device that its caller made stays, closed. */
export function removeUnfinishedDevices(
  socket: RtnetlinkSocket,
  pinRoot: string,
  { unfinished }: Ipam,
): void {
  const gone = new Set(
    unfinished.filter(({ netns }) => netns !== undefined).map(({ hostInterface }) => hostInterface),
  );
  if (gone.size === 0) return;
  const names = pinnedNames(pinRoot);
  for (const link of listLinks(socket))
    if (podOwnerOf(link) !== undefined && gone.has(names.get(link.index) ?? link.name))
      detachPod(socket, link.index);
}
