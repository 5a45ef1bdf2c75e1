// Tunnel rows sent into a node by some way: each lie is dropped and counted for its cause, each truth is heard.
import { type Lab, nodeNamed } from '../../../../lab/lab.ts';
import { listen, type Listener } from '../../../support/datagram-listener.ts';
import type { FrameSender } from '../../../support/frame-sender.ts';
import { podNamed } from '../../../support/lab.ts';
import type { NodeCounters } from '../../../support/node-counters.ts';
import type { Packet } from '../../../support/packet/packet.ts';
import { until } from '../../../support/until.ts';
import { eachIsDropped } from './row.ts';
import { PORT, type TunnelRow } from './tunnel-rows.ts';

interface Test {
  teardown(clean: () => void): void;
}

/** At both pods of n1 and at n1 itself. */
export function listenEverywhere(t: Test, lab: Lab): Promise<readonly Listener[]> {
  const parties = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n1-p2'), nodeNamed(lab, 'n1')];
  return Promise.all(parties.map(({ netns }) => listen(t, netns, PORT)));
}

export interface Way {
  readonly sender: FrameSender;
  readonly counters: NodeCounters;
  readonly listeners: readonly Listener[];
  /** The hook that finds out what comes this way with that flaw. */
  readonly hookOf: (verdict: string) => string;
  /** The frames that a row's packet is sent as; itself without. */
  readonly cut?: (packet: Packet, row: number) => readonly Packet[];
}

interface RowsTest {
  strictSame(found: unknown, wanted: unknown, title: string): unknown;
}

export async function judgeArrivals(t: RowsTest, rows: readonly TunnelRow[], way: Way): Promise<void> {
  const cut = way.cut ?? whole;
  const lies = rows.filter(({ verdict }) => verdict !== undefined);
  const hostile = lies.map(({ title, packet, verdict }, index) => ({
    ...{ title, packets: cut(packet, index) },
    drops: [`${way.hookOf(verdict ?? '')} ${verdict ?? ''} × 1`],
  }));
  await eachIsDropped(t, hostile, way);
  const truths = rows.filter(({ verdict }) => verdict === undefined);
  await way.sender.send(
    truths.flatMap(({ packet }, index) => cut(packet, lies.length + index).map(piece => piece.bytes())),
  );
  const titles = truths.map(({ title }) => title);
  const heard = (): string[] => way.listeners.flatMap(listener => listener.heard).sort();
  await until(() => titles.every(title => heard().includes(title)));
  t.strictSame(heard(), titles.toSorted(), 'what is honest arrives, and nothing else has');
}

function whole(packet: Packet): readonly Packet[] {
  return [packet];
}
