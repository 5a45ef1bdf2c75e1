// What a daemon must do on any kernel that Heddle supports, step by step; each answers with a sentence for each failure.
import { appendFileSync, existsSync, readdirSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { startDaemon, stopDaemon, waitForDaemon } from '../../lab/daemon.ts';
import { labDown } from '../../lab/down.ts';
import { builtFile } from '../../lab/installation.ts';
import { nodeNamed, type Lab, type LabPod } from '../../lab/lab.ts';
import { DEFAULT_OPTIONS } from '../../lab/plan.ts';
import { hasRemnants } from '../../lab/remnants.ts';
import { labUp } from '../../lab/up.ts';
import type { PinnedLink } from '../../loader/programs/pinned-links.ts';
import { isAtLeast } from '../../loader/programs/program-constants.ts';
import type { Finding } from '../../loader/doctor/finding.ts';
import { heddlectl, heddlectlJson } from '../support/heddlectl.ts';
import { addressOf, mustExec, podNamed } from '../support/lab.ts';
import { podsNamed, removeObject, writePolicy } from '../support/lab-policy.ts';
import { liveFlow, type ReceivedNumbers, type LiveFlow } from '../support/live-flow.ts';
import { eachWay, failuresOf, serveAll } from '../support/reach.ts';
import { ping } from '../support/traffic.ts';
import { until } from '../support/until.ts';
import { ipvsSteps } from './ipvs-steps.ts';
import { pastSteps } from './past-steps.ts';
import { tell } from './report.ts';
import type { Scope, Step } from './step.ts';

const NAME = 'guest';
/** The policy that admits one pod. */
const ADMITTING = 'admit';
/** As doctor calls what the kernel has or lacks. */
const KERNEL_CHECK = 'kernel';
const SAID_OF_KERNEL = /^heddled reports: th(e|is) kernel /;
/** Seconds that a ping waits which may have to be refused; one that was only slow is tried again. */
const REFUSED = ['-W', '5'];
/** What a node's namespace holds, and how that of ours looks there. */
const HOLDINGS = [
  'ip -o link show',
  'ip -4 route show table all',
  'ip -6 route show table all proto static',
  'ip neighbour show nud permanent',
  'nft list ruleset',
];
const OURS = /heddle|hd[0-9a-f]{11}|10\.244\.|fd00:244/;

/** In their order: each begins with what the one before has left. */
export function labSteps(scope: Scope): Step[] {
  let lab: Lab | undefined;
  let flows: readonly LiveFlow[] = [];
  const hasForward = isAtLeast(release(), 6, 4);
  const up = (): Lab => {
    if (lab === undefined) throw new Error('there is no lab');
    return lab;
  };
  return [
    [
      'two nodes come up, with two pods each',
      async () => {
        lab = await labUp({ ...DEFAULT_OPTIONS, name: NAME });
        return [];
      },
    ],
    ['doctor finds no error', examine],
    ['pods reach each other on one node and across', () => reachability(up())],
    ['policy admits one pod and refuses the other', () => isolation(up())],
    [
      'TCP and UDP flows are under way',
      async () => {
        flows = await openFlows(scope, up());
        return [];
      },
    ],
    ['an upgrade replaces every program, and no flow notices', () => upgrade(up(), flows)],
    [
      'policy holds after it',
      async () => {
        const failures = await admitted(up(), 'n1-p1');
        removeObject(up(), ADMITTING);
        return failures;
      },
    ],
    ...ipvsSteps(scope, up, hasForward),
    ...pastSteps(scope, up, hasForward),
    ['cleanup leaves nothing of a node', () => cleanup(up())],
    ['the lab goes', takeDown],
  ];
}

async function examine(): Promise<string[]> {
  const { stdout } = await heddlectl('-j', '--lab', NAME, '--node', 'n1', 'doctor');
  const findings = JSON.parse(stdout) as Finding[];
  const ofKernel = findings.filter(({ check }) => check === KERNEL_CHECK);
  const missing = ofKernel.filter(({ severity }) => severity === 'warning').map(({ text }) => text);
  tell({ missing });
  const errors = findings.filter(({ severity }) => severity === 'error').map(({ text }) => text);
  // What is lost without that, the daemon says for itself.
  const isExpected = (text: string): boolean => missing.length > 0 && SAID_OF_KERNEL.test(text);
  return ofKernel.length === 0
    ? ['doctor says nothing of the kernel']
    : errors.filter(text => !isExpected(text));
}

/** Two pods of one node and one of the other: every protocol, both families. */
async function reachability(lab: Lab): Promise<string[]> {
  const pods = ['n1-p1', 'n1-p2', 'n2-p1'].map(name => podNamed(lab, name));
  const servers: (() => Promise<void>)[] = [];
  await serveAll({ teardown: clean => servers.push(clean) }, pods);
  try {
    const pairs = pods.flatMap(from => pods.filter(to => to !== from).map(to => [from, to] as const));
    return await failuresOf(pairs.flatMap(([from, to]) => eachWay(from, to, ['ipv4', 'ipv6'])));
  } finally {
    for (const stop of servers) await stop();
  }
}

async function isolation(lab: Lab): Promise<string[]> {
  const subject = podNamed(lab, 'n2-p1');
  writePolicy(lab, ADMITTING, {
    podSelector: podsNamed(subject.name),
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ podSelector: podsNamed('n1-p1') }] }],
  });
  return admitted(lab, 'n1-p1');
}

/** The one pod comes to reach the subject of the policy, by both families; no other does. */
async function admitted(lab: Lab, name: string): Promise<string[]> {
  const subject = podNamed(lab, 'n2-p1');
  let reached: string[] = [];
  const isSo = await until(async () => {
    reached = await whoReaches(lab, subject);
    return reached.join() === subject.addresses.map(() => name).join();
  });
  return isSo ? [] : [`an address of n2-p1 each is reached by '${reached.join()}', not by ${name} alone`];
}

/** A name for each address that the pod of that name reaches. */
async function whoReaches(lab: Lab, subject: LabPod): Promise<string[]> {
  const others = ['n1-p1', 'n1-p2'].map(name => podNamed(lab, name));
  const attempts = others.flatMap(({ name, netns }) =>
    subject.addresses.map(async address => ((await ping(netns, address, REFUSED)) ? [name] : [])),
  );
  return (await Promise.all(attempts)).flat();
}

async function openFlows(scope: Scope, lab: Lab): Promise<LiveFlow[]> {
  const [from, to] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n2-p1')];
  const open = (protocol: 'tcp' | 'udp', family: 'ipv4' | 'ipv6', port: number): Promise<LiveFlow> =>
    liveFlow(scope, {
      ...{ protocol, port, from: from.netns },
      to: { netns: to.netns, address: addressOf(to, family) },
    });
  return [await open('tcp', 'ipv4', 7301), await open('udp', 'ipv6', 7302)];
}

/** As a package manager does it: other files in the old one's place, then a restart. */
async function upgrade(lab: Lab, flows: readonly LiveFlow[]): Promise<string[]> {
  const before = await programsOf(lab);
  const objects = join(builtFile('heddled.mjs'), '../bpf');
  for (const name of readdirSync(objects)) appendFileSync(join(objects, name), 'another build');
  await Promise.all(
    lab.nodes.map(async node => {
      await stopDaemon(node);
      startDaemon(node);
      await waitForDaemon(node);
    }),
  );
  const after = await programsOf(lab);
  const kept = [...before].filter(([link, program]) => after.get(link) === program).map(([link]) => link);
  const goOn = await Promise.all(flows.map(flow => isHeardMore(flow, flow.heard())));
  return [
    ...(before.size > 0 && before.size === after.size ? [] : [`${before.size} links became ${after.size}`]),
    ...kept.map(link => `${link} still has the old program`),
    ...flows.flatMap(flow => flow.missing().map(number => `${number} of a flow was lost`)),
    ...(goOn.every(Boolean) ? [] : ['a flow has fallen silent']),
  ];
}

function isHeardMore(flow: LiveFlow, before: ReceivedNumbers): Promise<boolean> {
  return until(() => {
    const { byClient, byServer } = flow.heard();
    return byClient > before.byClient && byServer > before.byServer;
  });
}

/** Ids of the programs behind every pinned link. */
async function programsOf(lab: Lab): Promise<Map<string, number>> {
  const listed = await Promise.all(
    lab.nodes.map(({ name }) => heddlectlJson('--lab', NAME, '--node', name, 'link', 'list')),
  );
  const links = listed.flat() as PinnedLink[];
  return new Map(links.map(({ path, programId }) => [path, programId]));
}

async function cleanup(lab: Lab): Promise<string[]> {
  const node = nodeNamed(lab, 'n1');
  await stopDaemon(node);
  const { code, stderr } = await heddlectl('--lab', NAME, '--node', node.name, 'cleanup');
  const printed = await Promise.all(HOLDINGS.map(command => mustExec(node, ...command.split(' '))));
  const left = printed.flatMap(text => text.split('\n').filter(line => OURS.test(line)));
  return [
    ...(code === 0 ? [] : [`heddlectl cleanup ended with ${code}: ${stderr}`]),
    ...left.map(line => `left behind: ${line}`),
    ...(existsSync(node.pinRoot) ? [`left behind: ${node.pinRoot}`] : []),
  ];
}

async function takeDown(): Promise<string[]> {
  await labDown(NAME);
  return hasRemnants(NAME) ? ['something of the lab is left'] : [];
}
