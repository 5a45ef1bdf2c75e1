// The demo's steps; each throws if its result is not the expected one.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { execIn } from '../../lab/exec.ts';
import { heddlectl, heddlectlText, run, type DemoTopology } from './demo-topology.ts';
import { heading, note, prompt, show } from './print.ts';

export async function ping({ from, to }: DemoTopology): Promise<void> {
  heading(`${from.name} pings ${to.name}, a pod on the other node`);
  for (const address of to.addresses) {
    const output = await run(from, ['ping', '-n', '-c', '3', '-i', '0.2', '-W', '2', address]);
    expect(output.includes(' 0% packet loss'), `no answer was lost from ${address}`);
  }
}

export async function throughput({ from, to }: DemoTopology): Promise<void> {
  heading('one TCP stream across nodes, three seconds');
  const server = spawn('nsenter', [`--net=${to.netns}`, 'iperf3', '-s', '-1'], { stdio: 'ignore' });
  try {
    await sleep(300);
    await run(from, ['iperf3', '-c', firstAddress(to), '-t', '3', '-f', 'g']);
  } finally {
    server.kill();
  }
}

export async function traceroute({ from, to }: DemoTopology): Promise<void> {
  heading('the path as traceroute sees it: own node, other node, pod');
  for (const address of to.addresses) {
    const output = await run(from, ['traceroute', '-n', '-q', '1', '-w', '2', address]);
    const hops = output.trim().split('\n').slice(1);
    expect(hops.length === 3 && !output.includes('*'), `three hops answer on the way to ${address}`);
  }
}

export async function tables({ lab }: DemoTopology): Promise<void> {
  heading('what node n1 knows');
  await heddlectl(lab, 'n1', 'endpoint', 'list');
  await heddlectl(lab, 'n1', 'route', 'list');
}

/** A packet of the underlay as tcpdump decodes it. */
export async function wire({ lab, from, to }: DemoTopology): Promise<void> {
  heading('a packet of the underlay, as tcpdump decodes it');
  const argv = ['tcpdump', '-i', 'n1', '-n', '-v', '-c', '1', 'udp', 'dst', 'port', '4789'];
  prompt('underlay', argv);
  const capture = execIn(lab.fabricNetns, argv, 10_000);
  await sleep(500);
  await execIn(from.netns, ['ping', '-n', '-c', '1', '-W', '2', firstAddress(to)]);
  const { stdout } = await capture;
  show(stdout);
  expect(
    stdout.includes('VXLAN') && stdout.includes(firstAddress(to)),
    'tcpdump sees VXLAN with the ping inside',
  );
}

const COUNTED_PINGS = 10;

/** What is sent is what is counted: on the one node as sent into the tunnel, on the other as taken out of it. */
export async function counters({ lab, from, to }: DemoTopology): Promise<void> {
  heading('every packet is counted once, by hook and by verdict');
  const [sent, received] = [
    await counted(lab.options.name, from.node),
    await counted(lab.options.name, to.node),
  ];
  const argv = ['ping', '-n', '-q', '-i', '0.05', '-c', String(COUNTED_PINGS), firstAddress(to)];
  await run(from, argv);
  await heddlectl(lab, from.node, 'stats');
  await heddlectl(lab, to.node, 'stats');
  const into = (await counted(lab.options.name, from.node)).encapsulated - sent.encapsulated;
  const outOf = (await counted(lab.options.name, to.node)).delivered - received.delivered;
  note(`${COUNTED_PINGS} echo requests: ${into} went into the tunnel, ${outOf} came out of it`);
  expect(into === COUNTED_PINGS && outOf === COUNTED_PINGS, 'the counters account for every echo request');
}

interface Counted {
  readonly encapsulated: number;
  readonly delivered: number;
}

async function counted(lab: string, node: string): Promise<Counted> {
  const text = await heddlectlText(['-j', '--lab', lab, '--node', node, 'stats']);
  const rows = JSON.parse(text) as { hook: string; verdict: string; packets: number }[];
  const packets = (hook: string, verdict: string): number =>
    rows.find(row => row.hook === hook && row.verdict === verdict)?.packets ?? 0;
  return {
    encapsulated: packets('pod_tx', 'REDIRECT_OVERLAY'),
    delivered: packets('uplink_rx', 'REDIRECT_POD'),
  };
}

function firstAddress({ addresses: [first], name }: DemoTopology['to']): string {
  if (first === undefined) throw new Error(`${name} has no address`);
  return first;
}

function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(`it was to be shown that ${what}, and it was not`);
}
