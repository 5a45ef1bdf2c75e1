// Rows of flows that are over go by the kernel's timer: no packet, no daemon and no flood has to come by. In real time,
// with the shortest of the product's own timeouts: 10 s after a reset, in hd_ct, and 30 s for an echo, in hd_ct_unassured.
import '../support/bpf/own-netns.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { CLUSTER } from '../support/bpf/cluster-given.ts';
import { DEVICE, IPV4, MAC } from '../support/bpf/cluster.ts';
import { createDevices } from '../support/bpf/devices.ts';
import { openNode } from '../support/bpf/node-bench.ts';
import { trackedFlows } from '../support/bpf/tracked.ts';
import { eth, type Packet } from '../support/packet/packet.ts';
import { fromPod } from './tables/pod.ts';

/** Of each kind, at five a second. */
const FLOWS = 8;
const PAUSE_MS = 200;
const POLL_MS = 250;
const RESET_MS = 10_000;
const ECHO_MS = 30_000;
/** A flow is renewed once a second at most, by a coarse clock. */
const CLOCK_MS = 1_100;
/** A round of the timer's hand takes 6.4 s, and is late on a busy machine. */
const LATE_MS = 60_000;

const CLIENT_ISN = 1_000_000;
const SERVER_ISN = 5_000_000;

const { pod, sibling } = IPV4;

createDevices();
const node = openNode(['pod_tx']);
t.teardown(() => node[Symbol.dispose]());
node.fill(CLUSTER);

function send(device: number, packet: Packet): void {
  node.run('pod_tx', packet.bytes(), { ifindex: device });
}

function question(transport: (ip: Packet) => Packet): void {
  send(DEVICE.pod, transport(fromPod(IPV4, sibling)));
}

function answer(transport: (ip: Packet) => Packet): void {
  send(DEVICE.sibling, transport(eth(MAC.sibling, MAC.gateway).ip(sibling, pod)));
}

function openEcho(id: number): void {
  question(ip => ip.echo(id));
  answer(ip => ip.echo(id, { reply: true }));
}

/** With the acknowledgement that assures it. */
function openConnection(port: number): void {
  const acknowledgement = SERVER_ISN + 1;
  question(ip => ip.tcp(port, 80, { flags: 'SYN', sequence: CLIENT_ISN }));
  answer(ip => ip.tcp(80, port, { flags: 'SYN ACK', sequence: SERVER_ISN, acknowledgement: CLIENT_ISN + 1 }));
  question(ip => ip.tcp(port, 80, { flags: 'ACK', sequence: CLIENT_ISN + 1, acknowledgement }));
}

function reset(port: number): void {
  answer(ip => ip.tcp(80, port, { flags: 'RST', sequence: SERVER_ISN + 1 }));
}

function rows(map: 'hd_ct' | 'hd_ct_unassured'): number {
  return [...(node.maps.get(map)?.keys() ?? [])].length;
}

/** How many flows are there from those ports of the pod, or with those identifiers. */
function tracked(first: number): number {
  const ports = new Set(Array.from({ length: FLOWS }, (_, index) => `${pod}:${first + index}`));
  return trackedFlows(node).filter(line => ports.has(line.split(' ')[0] ?? '')).length;
}

async function openAll(first: number, open: (port: number) => void): Promise<void> {
  for (let port = first; port < first + FLOWS; port++) {
    open(port);
    await sleep(PAUSE_MS);
  }
}

/** Until none is left. How long that took. */
async function untilGone(first: number, limitMs: number): Promise<number | undefined> {
  const start = performance.now();
  while (performance.now() - start < limitMs) {
    if (tracked(first) === 0) return performance.now() - start;
    await sleep(POLL_MS);
  }
  return undefined;
}

t.setTimeout(2 * (ECHO_MS + LATE_MS));

t.test('a silent flow goes when its time is over, and one that is not silent stays', async t => {
  const [silent, busy, closed] = [1_000, 2_000, 3_000];
  await openAll(closed, port => {
    openConnection(port);
    reset(port);
  });
  t.equal(rows('hd_ct'), FLOWS, 'connections are assured');
  await openAll(busy, openEcho);
  await openAll(silent, openEcho);
  t.equal(tracked(silent), FLOWS, 'they are there');
  const resetGone = await untilGone(closed, RESET_MS + LATE_MS);
  t.ok(resetGone !== undefined && resetGone < ECHO_MS, 'a reset connection goes first, after 10 s');
  t.equal(tracked(silent), FLOWS);
  for (let id = busy; id < busy + FLOWS; id++) openEcho(id);
  const renewed = performance.now();
  t.ok((await untilGone(silent, ECHO_MS + LATE_MS)) !== undefined, 'a silent echo goes, after 30 s');
  t.ok((await untilGone(busy, ECHO_MS + LATE_MS)) !== undefined, 'a renewed one goes, too');
  t.ok(performance.now() - renewed > ECHO_MS - CLOCK_MS, 'but not before 30 s after its last packet');
});
