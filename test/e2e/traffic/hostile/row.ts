// A hostile packet and what must become of it.
import type { FrameSender } from '../../../support/frame-sender.ts';
import type { NodeCounters } from '../../../support/node-counters.ts';
import type { Packet } from '../../../support/packet/packet.ts';

export interface HostileRow {
  readonly title: string;
  readonly packets: readonly Packet[];
  /** What the node counts, as `NodeCounters.takeDrops` tells it. */
  readonly drops: readonly string[];
}

interface Test {
  strictSame(found: unknown, wanted: unknown, title: string): unknown;
}

/** Sends each row's packets; the node must count exactly the row's drops. */
export async function eachIsDropped(
  t: Test,
  rows: readonly HostileRow[],
  { sender, counters }: { readonly sender: FrameSender; readonly counters: NodeCounters },
): Promise<void> {
  counters.take();
  for (const { title, packets, drops } of rows) {
    await sender.send(packets.map(packet => packet.bytes()));
    t.strictSame(await counters.takeDrops(), drops, title);
  }
}
