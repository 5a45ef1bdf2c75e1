// What somebody deletes, turns off or takes away on a running node comes back because it is noticed,
// not by the pass that runs every so often, and is logged and counted.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import t, { type Test } from 'tap';
import { askStatus } from '../../../loader/api/status-client.ts';
import { linkPin, mapPin, programPin } from '../../../loader/programs/pin.ts';
import { listPinnedLinks } from '../../../loader/programs/pinned-links.ts';
import { hostInterfaceName } from '../../../loader/pods/host-interface.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { addressOf, mustExec, podNamed, testLab } from '../../support/lab.ts';
import { BRIEFLY, ping } from '../../support/traffic.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const lab = await testLab(t, { podsPerNode: 1, config: { uplink: 'auto', log: { level: 'debug' } } });
const node = nodeNamed(lab, 'n1');
const [pod, far] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n2-p1')];
const device = hostInterfaceName(pod);
const podIpv4 = addressOf(pod, 'ipv4');
const podIpv6 = addressOf(pod, 'ipv6');

function moveLink(from: string, to: string): void {
  execFileSync('nsenter', [`--net=${from}`, 'ip', 'link', 'set', device, 'netns', to]);
}

interface Drift {
  readonly name: string;
  readonly damage: readonly string[] | (() => void);
  /** A command whose output must hold that text, or something to look at. */
  readonly mended: readonly [command: string, text: string | RegExp] | (() => boolean);
  /** False: nothing of the daemon's is lost, and it has nothing to mend. */
  readonly isOurs?: boolean;
}

function isAttached(hook: string): boolean {
  return listPinnedLinks(node.pinRoot).some(
    link => link.hook === hook && link.programId !== 0 && link.ifindex !== 0,
  );
}

const DRIFTS: readonly Drift[] = [
  {
    name: 'the overlay device deleted',
    damage: ['ip link delete heddle0'],
    mended: ['ip -o link show heddle0', /UP/],
  },
  {
    name: 'the overlay device down',
    damage: ['ip link set heddle0 down'],
    mended: ['ip -o link show heddle0', /[<,]UP/],
  },
  {
    name: "the overlay device's MTU",
    damage: ['ip link set heddle0 mtu 1300'],
    mended: ['ip -o link show heddle0', 'mtu 1450'],
  },
  {
    name: "a pod's device down",
    damage: [`ip link set ${device} down`],
    mended: [`ip -o link show ${device}`, /[<,]UP/],
  },
  {
    name: "a pod's device with an MTU that is too small for IPv6",
    damage: [`ip link set ${device} mtu 1200`],
    mended: [`ip -o link show ${device}`, 'mtu 1450'],
  },
  {
    name: "IPv6 of a pod's device switched off",
    damage: [`sysctl -qw net.ipv6.conf.${device}.disable_ipv6=1`],
    mended: [`sysctl net.ipv6.conf.${device}.disable_ipv6`, '= 0'],
  },
  {
    name: "a pod's device moved to another namespace and back",
    damage: () => {
      moveLink(node.netns, far.netns);
      moveLink(far.netns, node.netns);
    },
    mended: [`ip -o link show ${device}`, /[<,]UP.*heddle:pod lab/],
  },
  {
    name: "a pod's route, IPv4",
    damage: [`ip route delete ${podIpv4}/32`],
    mended: ['ip route', `${podIpv4} dev ${device}`],
  },
  {
    name: "a pod's route, IPv6",
    damage: [`ip -6 route delete ${podIpv6}/128`],
    mended: ['ip -6 route', `${podIpv6} dev ${device}`],
  },
  {
    name: "another node's route",
    damage: ['ip route delete 10.244.2.0/24'],
    mended: ['ip route', /10\.244\.2\.0\/24 .*heddle0/],
  },
  {
    name: "a pod's neighbour entry",
    damage: [`ip neigh delete ${podIpv4} dev ${device}`],
    mended: [`ip neigh show dev ${device}`, new RegExp(`${podIpv4} .*PERMANENT`)],
  },
  {
    name: "a pod's neighbour entry with another MAC",
    damage: [`ip neigh replace ${podIpv4} dev ${device} lladdr 02:00:00:00:00:99 nud permanent`],
    mended: [`ip neigh show dev ${device}`, new RegExp(`${podIpv4} lladdr (?!02:00:00:00:00:99).*PERMANENT`)],
  },
  {
    name: 'forwarding, IPv4, of the uplink alone',
    damage: ['sysctl -q net.ipv4.conf.eth0.forwarding=0'],
    mended: ['sysctl net.ipv4.conf.eth0.forwarding', '= 1'],
  },
  {
    name: 'the nftables table',
    damage: ['nft delete table inet heddle'],
    mended: ['nft list table inet heddle', 'masquerade'],
  },
  {
    name: 'all of nftables',
    damage: ['nft flush ruleset'],
    mended: ['nft list table inet heddle', 'masquerade'],
  },
  {
    name: 'forwarding, IPv4',
    damage: ['sysctl -q net.ipv4.ip_forward=0'],
    mended: ['sysctl net.ipv4.ip_forward', '= 1'],
  },
  {
    name: 'forwarding, IPv6',
    damage: ['sysctl -q net.ipv6.conf.all.forwarding=0'],
    mended: ['sysctl net.ipv6.conf.all.forwarding', '= 1'],
  },
  {
    name: "a link's pin, and with it the link",
    damage: () => rmSync(linkPin(node.pinRoot, { hook: 'pod_tx', device })),
    mended: () => isAttached('pod_tx'),
  },
  {
    name: "the uplink's pins",
    damage: () => rmSync(linkPin(node.pinRoot, { hook: 'uplink_rx', device: 'eth0' })),
    mended: () => isAttached('uplink_rx'),
  },
  {
    name: "a map's pin",
    damage: () => rmSync(mapPin(node.pinRoot, 'hd_route')),
    mended: () => existsSync(mapPin(node.pinRoot, 'hd_route')),
  },
  {
    name: "a program's pin",
    damage: () => rmSync(programPin(node.pinRoot, 'uplink_rx')),
    mended: () => existsSync(programPin(node.pinRoot, 'uplink_rx')),
  },
  {
    name: 'the uplink down and up',
    damage: ['ip link set eth0 down', 'ip link set eth0 up'],
    mended: ['ip -o link show eth0', /[<,]UP/],
    isOurs: false,
  },
  {
    name: 'the uplink renamed',
    damage: ['ip link set eth0 down', 'ip link set eth0 name wan0', 'ip link set wan0 up'],
    mended: () => existsSync(linkPin(node.pinRoot, { hook: 'uplink_rx', device: 'wan0' })),
  },
];

async function isMended({ mended }: Drift): Promise<boolean> {
  if (typeof mended === 'function') return mended();
  const [command, text] = mended;
  const printed = await mustExec(node, ...command.split(' ')).catch(() => '');
  return typeof text === 'string' ? printed.includes(text) : text.test(printed);
}

async function changesCounted(): Promise<number> {
  return (await askStatus(node.socket))?.changesApplied ?? 0;
}

/** As a pod has it whose node is well. */
async function isReachable(): Promise<boolean> {
  const ways = [
    ping(pod.netns, addressOf(far, 'ipv4'), BRIEFLY),
    ping(far.netns, podIpv4, BRIEFLY),
    ping(pod.netns, addressOf(far, 'ipv6'), BRIEFLY),
    ping(far.netns, podIpv6, BRIEFLY),
  ];
  return (await Promise.all(ways)).every(answered => answered);
}

interface LogLine {
  readonly reconciler?: string;
  /** Of a run that begins. */
  readonly causes?: readonly string[];
  /** Of a change: what was changed. */
  readonly subject?: string;
}

/** What caused the run that made the first change since then. */
function causesOfFirstChange(offset: number): readonly string[] {
  const lines = readFileSync(node.logFile, 'utf8')
    .slice(offset)
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as LogLine);
  const first = lines.findIndex(({ subject }) => subject !== undefined);
  // The log leaves out what it has said five times within a minute; there is one run then.
  const before = first < 0 ? lines : lines.slice(0, first);
  return before.findLast(({ causes }) => causes !== undefined)?.causes ?? [];
}

/** What caused the run that mended it. */
async function causesOfMending(t: Test, drift: Drift): Promise<readonly string[]> {
  const { damage } = drift;
  const before = { changes: await changesCounted(), log: readFileSync(node.logFile, 'utf8').length };
  if (typeof damage === 'function') damage();
  else for (const command of damage) await mustExec(node, ...command.split(' '));
  t.ok(await until(() => isMended(drift)), 'is mended');
  t.ok(await until(isReachable), 'pods reach each other, both ways, both families');
  if (drift.isOurs === false) return [];
  t.ok(await until(async () => (await changesCounted()) > before.changes), 'it is counted');
  return causesOfFirstChange(before.log);
}

/** The comparison of every half minute may come in between once, not every time. */
const MAX_TRIES = 3;

for (const drift of DRIFTS)
  t.test(drift.name, async t => {
    let causes = await causesOfMending(t, drift);
    if (drift.isOurs === false) return;
    for (let tries = 1; causes[0] === 'interval' && tries < MAX_TRIES; tries++)
      causes = await causesOfMending(t, drift);
    t.ok(causes.length > 0 && causes[0] !== 'interval', `it was noticed: ${causes.join()}`);
  });
