// What takes a pod's flow out of the uplink past netfilter's FORWARD: nftables' flow tables, and IPVS in direct routing. A change of
// policy ends it at its next packet. The lab's own kernel may have neither, Debian's have both.
import { isIpv6 } from 'ip';
import type { Lab } from '../../lab/lab.ts';
import type { NodePlan } from '../../lab/plan.ts';
import type { PinnedLink } from '../../loader/programs/pinned-links.ts';
import {
  ALL,
  PORT,
  admit,
  aliveFlows,
  hold,
  makeEgressWorld,
  openFlows,
  refusedBy,
  withPod,
  type EgressWorld,
} from '../support/egress-world.ts';
import { heddlectlJson } from '../support/heddlectl.ts';
import { removeDirectServices, writeDirectServices } from '../support/ipvs.ts';
import { mustExec, type TestHost } from '../support/lab.ts';
import type { HeldFlow } from '../support/probe/probe.ts';
import { PROTOCOLS } from '../support/probe/ways.ts';
import { IPVS_TITLE } from './ipvs-steps.ts';
import { needModules, type Scope, type Step } from './step.ts';

/** Silence is waited out; the guest's seconds are as long as its work needs (`machine.ts`). */
const TIMEOUT_MS = 2_000;
/** An address that the node takes in, and its router has, too. */
const SERVICE = ['172.21.0.1', 'fd21::1'] as const;
const TABLE = 'past';
interface Bypass {
  readonly title: string;
  readonly modules: readonly string[];
  readonly server?: (lab: Lab) => TestHost;
  /** Ends with the answer. */
  readonly begin: (worlds: readonly EgressWorld[]) => Promise<() => Promise<unknown>>;
}

const BYPASSES: readonly Bypass[] = [
  { title: 'flow table: ', modules: ['nft_flow_offload'], begin: worlds => beginFlowTable(worlds, '') },
  {
    ...{ title: 'flow table, not masqueraded: ', modules: ['nft_flow_offload'] },
    begin: worlds => beginFlowTable(worlds, ownSources(worlds)),
  },
  {
    ...{ title: `${IPVS_TITLE}direct routing: `, modules: ['ip_vs', 'ip_vs_rr'] },
    server: ({ fabricNetns: netns }) => ({ name: 'the router', netns, addresses: SERVICE }),
    begin: beginDirectRouting,
  },
];

/** `hasForward`: netfilter has our hooks (6.4). Without them pod_tx checks whatever a pod sends. */
export function pastSteps(scope: Scope, lab: () => Lab, hasForward: boolean): Step[] {
  const attached: Step = ['uplink_tx is attached to the uplink', () => attachedToUplink(lab())];
  return [attached, ...BYPASSES.flatMap(bypass => stepsOf(bypass, scope, lab, hasForward))];
}

async function attachedToUplink(lab: Lab): Promise<string[]> {
  const listed = await heddlectlJson('--lab', lab.options.name, '--node', 'n1', 'link', 'list');
  const found = (listed as PinnedLink[]).filter(({ hook, programId }) => hook === 'uplink_tx' && programId);
  return found.length === 1 ? [] : [`uplink_tx is attached ${found.length} times`];
}

interface Played {
  /** Of the pod that policy is about, and of another. */
  readonly subject: EgressWorld;
  readonly other: EgressWorld;
  readonly held: readonly HeldFlow[];
  readonly heldByOther: readonly HeldFlow[];
  readonly end: () => Promise<unknown>;
}

function stepsOf(bypass: Bypass, scope: Scope, lab: () => Lab, hasForward: boolean): Step[] {
  let played: Played | undefined;
  const made = (): Played => {
    if (played === undefined) throw new Error('nothing goes that way');
    return played;
  };
  const steps: Step[] = [
    [
      'TCP and UDP of both families go past FORWARD',
      async () => {
        played = await play(bypass, scope, lab());
        return passesForward(played);
      },
    ],
    [
      'a NetworkPolicy ends open flows at their next packet, and refuses new ones',
      () => denied(made(), hasForward ? 'uplink_tx' : 'pod_tx'),
    ],
    ['what it admits goes on and begins', () => admitted(made())],
    [
      'it goes',
      async () => {
        await made().end();
        await made().subject.probe.close();
        return [];
      },
    ],
  ];
  return steps.map(([title, run]) => [
    bypass.title + title,
    () => {
      needModules(bypass.modules);
      return run();
    },
  ]);
}

async function play(bypass: Bypass, scope: Scope, lab: Lab): Promise<Played> {
  const server = bypass.server?.(lab);
  if (server !== undefined) await addAddresses(server);
  const subject = await makeEgressWorld(lab, TIMEOUT_MS, server);
  scope.teardown(() => subject.probe.close());
  const other = await withPod(subject, 'n1-p2');
  const end = await bypass.begin([subject, other]);
  return { subject, other, held: await hold(subject), heldByOther: await hold(other), end };
}

/** Once a flow is known to both ends, none of its packets is seen there. */
async function passesForward({ subject, other, held, heldByOther }: Played): Promise<string[]> {
  const alive = await aliveFlows(subject, held);
  const before = await forwarded(subject.node);
  const still = [await aliveFlows(subject, held), await aliveFlows(other, heldByOther)];
  const seen = (await forwarded(subject.node)) - before;
  return [
    ...[alive, ...still].flatMap(flows => differences('open flows', flows, ALL)),
    ...(seen === 0 ? [] : [`${seen} packets of open flows passed FORWARD`]),
  ];
}

/** What new flows and ended ones send again passes FORWARD meanwhile: the open ones are counted where they are refused. */
async function denied({ subject, held }: Played, hook: 'uplink_tx' | 'pod_tx'): Promise<string[]> {
  admit(subject, 'nobody');
  const begun = await openFlows(subject, []);
  const before = await refusedBy(hook, subject);
  const alive = await aliveFlows(subject, held);
  const refused = (await refusedBy(hook, subject)) - before;
  return [
    ...differences('new flows', begun, []),
    ...differences('open flows', alive, []),
    ...(refused >= ALL.length ? [] : [`${hook} has refused ${refused} packets of ${ALL.length} flows`]),
  ];
}

async function admitted({ subject, other, heldByOther }: Played): Promise<string[]> {
  const ofOther = await aliveFlows(other, heldByOther);
  admit(subject, 'outside');
  const begun = await openFlows(subject, ALL);
  const held = await hold(subject);
  await aliveFlows(subject, held);
  const before = await forwarded(subject.node);
  const alive = await aliveFlows(subject, held);
  const seen = (await forwarded(subject.node)) - before;
  admit(subject, undefined);
  return [
    ...differences("another pod's flows", ofOther, ALL),
    ...differences('new flows', begun, ALL),
    ...differences('open flows', alive, ALL),
    ...(seen === 0 ? [] : [`${seen} packets of open flows passed FORWARD`]),
  ];
}

/** Packets to the server. */
async function forwarded(node: NodePlan): Promise<number> {
  const listed = await mustExec(node, 'nft', 'list', 'chain', 'inet', TABLE, 'forward');
  return Number(/counter packets (\d+)/.exec(listed)?.[1]);
}

async function beginFlowTable(worlds: readonly EgressWorld[], more: string): Promise<() => Promise<unknown>> {
  const [{ node, devices }] = worlds as [EgressWorld];
  const names = [devices.uplink, ...worlds.map(world => world.devices.pod)].map(name => `"${name}"`);
  await watch(
    node,
    `flowtable quick { hook ingress priority 0; devices = { ${names.join(', ')} }; }`,
    'meta l4proto { tcp, udp } flow add @quick',
    more,
  );
  return () => mustExec(node, 'nft', 'delete', 'table', 'inet', TABLE);
}

/** Translated to what it is: the daemon's chain, which would masquerade it, is not asked any more. */
function ownSources(worlds: readonly EgressWorld[]): string {
  const rules = worlds
    .flatMap(({ pod }) => pod.addresses)
    .map(address => {
      const family = isIpv6(address) ? 'ip6' : 'ip';
      return `${family} saddr ${address} snat ${family} to ${address}`;
    });
  return `chain out { type nat hook postrouting priority srcnat - 1;\n${rules.join('\n')}\n}`;
}

/** The real server has the Service's address, and is this node's neighbour. */
async function beginDirectRouting([world]: readonly EgressWorld[]): Promise<() => Promise<unknown>> {
  const { node, routers } = world as EgressWorld;
  await watch(node);
  const services = SERVICE.flatMap(address => {
    const backend = { address: routers.find(one => isIpv6(one) === isIpv6(address)) ?? '', port: PORT };
    return PROTOCOLS.map(protocol => ({ protocol, address, port: PORT, backend }));
  });
  await writeDirectServices(node, services);
  return async () => {
    await removeDirectServices(node);
    await mustExec(node, 'nft', 'delete', 'table', 'inet', TABLE);
  };
}

function watch(node: NodePlan, before = '', rule = '', after = ''): Promise<string> {
  const chain = `chain forward { type filter hook forward priority 0;
meta l4proto { tcp, udp } th dport ${PORT} counter
${rule}
}`;
  return mustExec(node, 'nft', `table inet ${TABLE} {\n${before}\n${chain}\n${after}\n}`);
}

async function addAddresses({ netns, addresses }: TestHost): Promise<void> {
  for (const address of addresses) await mustExec({ netns }, 'ip', 'address', 'add', address, 'dev', 'lo');
}

function differences(what: string, seen: readonly string[], expected: readonly string[]): string[] {
  if (seen.join() === expected.join()) return [];
  return [`${what}: '${seen.join(', ')}', and not '${expected.join(', ')}'`];
}
