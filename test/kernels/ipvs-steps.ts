// Services under IPVS, which takes packets past netfilter's FORWARD: policy sees the pods behind them. The lab's own kernel
// may have no IPVS, Debian's have.
import { execFileSync } from 'node:child_process';
import { nodeNamed, type Lab, type LabPod } from '../../lab/lab.ts';
import { POD_NAMESPACE } from '../../lab/plan.ts';
import { removeVirtualServices, setIpvsConntrack, writeVirtualServices } from '../support/ipvs.ts';
import { addressOf, podNamed, type TestHost } from '../support/lab.ts';
import { podsNamed, removeObject, writeClusterPolicy, writePolicy } from '../support/lab-policy.ts';
import { Probe, type HeldFlow } from '../support/probe/probe.ts';
import {
  FAMILIES,
  nameIfAnswered,
  openWays,
  PROTOCOLS,
  questionsOf,
  type Way,
} from '../support/probe/ways.ts';
import { eventually } from '../support/until.ts';
import type { Scope, Step } from './step.ts';

/** Of every step's title: docs/kernels.md has a column of its own for them. */
export const IPVS_TITLE = 'IPVS: ';

const PORT = 8080;
/** Of n1, to the backend on its other node and to the one beside. */
const NODE_PORTS = { far: 30_080, near: 30_081 } as const;
/** The Services' addresses, which the pods on n1 ask. */
const SERVICES = {
  far: { ipv4: '172.20.0.1', ipv6: 'fd20::1' },
  near: { ipv4: '172.20.0.2', ipv6: 'fd20::2' },
} as const;
const POD_RANGES = { ipv4: '10.244.0.0/16', ipv6: 'fd00:244::/32' } as const;
/** The addresses of n1's heddle0: IPv6 is masqueraded as the one that is nearest to the pod. */
const OVERLAY_ADDRESSES = ['10.244.1.0/31', 'fd00:244:0:1::/127'].map(cidr => ({ ipBlock: { cidr } }));
/** Silence is waited out; the guest's seconds are as long as its work needs (`machine.ts`). */
const TIMEOUT_MS = 2_000;

/** Names of the ways to the backends. */
const [NEAR, FAR, OUTSIDE, NODE] = [
  'a pod of n1, to one beside',
  'a pod of n1, to one of n2',
  'outside, by a port of n1, to a pod of n2',
  'n2, by a port of n1, to a pod there',
] as const;

interface World {
  readonly lab: Lab;
  readonly probe: Probe;
  readonly client: LabPod;
  readonly backends: { readonly near: LabPod; readonly far: LabPod };
  readonly ways: readonly Way[];
  /** Opened before the first policy. */
  readonly held: ReadonlyMap<string, readonly HeldFlow[]>;
}

/**
 * `hasForward`: netfilter has our hooks (6.4). Without them what a pod asks is evaluated by the address that it asked for, and who
 * is masqueraded as a node is to that node's pods anybody at the address that it shows.
 */
export function ipvsSteps(scope: Scope, lab: () => Lab, hasForward: boolean): Step[] {
  let world: World | undefined;
  const made = (): World => {
    if (world === undefined) throw new Error('there are no Services');
    return world;
  };
  const steps: Step[] = [
    [
      'TCP and UDP of both families reach the backends',
      async () => {
        world = await makeWorld(scope, lab());
        return expectOpen(
          world,
          world.ways.map(({ name }) => name),
        );
      },
    ],
    ['nobody reaches isolated backends, and what is open is cut', () => isolated(made())],
    ['who is admitted reaches them, though its own ingress is isolated', () => admittedPod(made())],
    ['nodes and what they hide are evaluated as documented', () => admittedNodes(made(), hasForward)],
    ["a ClusterNetworkPolicy's Deny of the backends cuts the pod", () => deniedEgress(made())],
    ['egress is admitted by the backend', () => admittedEgress(made(), hasForward)],
    ["and so without netfilter's conntrack", () => untracked(made())],
    [
      'the Services go',
      async () => {
        await removeVirtualServices(nodeNamed(lab(), 'n1'));
        await made().probe.close();
        return [];
      },
    ],
  ];
  return steps.map(([title, run]) => [IPVS_TITLE + title, run]);
}

async function makeWorld(scope: Scope, lab: Lab): Promise<World> {
  execFileSync('modprobe', ['-a', 'ip_vs', 'ip_vs_rr']);
  const client = podNamed(lab, 'n1-p1');
  const backends = { near: podNamed(lab, 'n1-p2'), far: podNamed(lab, 'n2-p1') };
  const probe = new Probe();
  scope.teardown(() => probe.close());
  await serve(probe, Object.values(backends));
  await writeServices(lab, backends);
  const ways = waysOf(lab, client);
  const held = new Map<string, readonly HeldFlow[]>();
  for (const way of ways) held.set(way.name, await probe.hold(questionsOf(way), TIMEOUT_MS));
  return { lab, probe, client, backends, ways, held };
}

/** Connections stay open until the other end has gone. */
async function serve(probe: Probe, pods: readonly LabPod[]): Promise<void> {
  const servers = pods.flatMap(pod =>
    FAMILIES.map(family => ({ netns: pod.netns, address: addressOf(pod, family), port: PORT })),
  );
  for (const server of servers) probe.echo(server);
  await probe.serve(servers.map(server => ({ ...server, protocol: 'UDP' })));
}

/** Both backends by an address of a Service's and by a port of the node. */
async function writeServices(lab: Lab, backends: World['backends']): Promise<void> {
  const node = nodeNamed(lab, 'n1');
  const services = (['near', 'far'] as const).flatMap(which =>
    FAMILIES.flatMap(family => {
      const backend = { address: addressOf(backends[which], family), port: PORT };
      return PROTOCOLS.flatMap(protocol => [
        { protocol, address: SERVICES[which][family], port: PORT, backend },
        { protocol, address: addressOf(node, family), port: NODE_PORTS[which], backend },
      ]);
    }),
  );
  await writeVirtualServices(node, services, POD_RANGES);
}

function waysOf(lab: Lab, client: LabPod): Way[] {
  const [n1, n2] = [nodeNamed(lab, 'n1'), nodeNamed(lab, 'n2')];
  const outside: TestHost = { ...lab.outside, name: 'outside' };
  return [
    { name: NEAR, from: client, to: family => SERVICES.near[family], port: PORT },
    { name: FAR, from: client, to: family => SERVICES.far[family], port: PORT },
    { name: OUTSIDE, from: outside, to: family => addressOf(n1, family), port: NODE_PORTS.far },
    { name: NODE, from: n2, to: family => addressOf(n1, family), port: NODE_PORTS.near },
  ];
}

async function isolated(world: World): Promise<string[]> {
  admit(world, []);
  return expectOpen(world, []);
}

async function admittedPod(world: World): Promise<string[]> {
  admit(world, [{ podSelector: podsNamed(world.client.name) }]);
  return expectOpen(world, [NEAR, FAR]);
}

/** On the pod's node a client counts by its own address, elsewhere by that of the node that it asked. */
async function admittedNodes(world: World, hasForward: boolean): Promise<string[]> {
  admit(world, prefixesOf(nodeNamed(world.lab, 'n2')));
  const ofClient = await expectOpen(world, hasForward ? [NODE] : []);
  admit(world, [...prefixesOf(nodeNamed(world.lab, 'n1')), ...OVERLAY_ADDRESSES]);
  const ofNode = await expectOpen(world, hasForward ? [OUTSIDE] : [OUTSIDE, NODE]);
  removeObject(world.lab, 'ingress');
  return [...ofClient, ...ofNode];
}

async function deniedEgress(world: World): Promise<string[]> {
  denyBackends(world);
  const denied = await expectOpen(world, [OUTSIDE, NODE]);
  removeObject(world.lab, 'denied');
  return [...denied, ...(await expectOpen(world, [NEAR, FAR, OUTSIDE, NODE]))];
}

async function admittedEgress(world: World, hasForward: boolean): Promise<string[]> {
  const { lab, client, backends } = world;
  writePolicy(lab, 'egress', {
    ...{ podSelector: podsNamed(client.name), policyTypes: ['Egress'] },
    egress: [{ to: [{ podSelector: podsNamed(backends.far.name) }] }],
  });
  const failures = await expectOpen(world, hasForward ? [FAR, OUTSIDE, NODE] : [OUTSIDE, NODE]);
  removeObject(lab, 'egress');
  return failures;
}

/** Then IPVS takes its packets from netfilter's conntrack, and nothing is masqueraded. */
async function untracked(world: World): Promise<string[]> {
  const { lab, probe } = world;
  await setIpvsConntrack(nodeNamed(lab, 'n1'), false);
  const ways = world.ways.filter(({ from }) => from === world.client);
  const failures: string[] = [];
  const expect = async (names: readonly string[], when: string): Promise<void> => {
    const seen = await eventually(() => openWays(probe, ways, TIMEOUT_MS), names);
    failures.push(...differences(`${when}: open`, seen, names));
  };
  await expect([NEAR, FAR], 'without policy');
  admit(world, []);
  await expect([], 'isolated');
  // Nothing tells answers from questions of the Service's address: the client's own ingress must admit them.
  admit(world, [{ podSelector: podsNamed(world.client.name) }], selectorOf(world.backends));
  await expect([NEAR, FAR], 'admitted');
  denyBackends(world);
  await expect([], 'denied');
  for (const name of ['ingress', 'denied']) removeObject(lab, name);
  return failures;
}

/** The only ones that any pod's ingress admits, or that of the pods selected. */
function admit({ lab }: World, from: readonly object[], podSelector: object = {}): void {
  const ingress = from.length === 0 ? [] : [{ from }]; // an empty `from` is everybody
  writePolicy(lab, 'ingress', { podSelector, policyTypes: ['Ingress'], ingress });
}

function selectorOf({ near, far }: World['backends']): object {
  return { matchExpressions: [{ key: 'app', operator: 'In', values: [near.name, far.name] }] };
}

function denyBackends({ lab, client, backends }: World): void {
  const podSelector = selectorOf(backends);
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': POD_NAMESPACE } };
  writeClusterPolicy(lab, 'denied', {
    ...{ tier: 'Admin', priority: 10 },
    subject: { pods: { namespaceSelector, podSelector: podsNamed(client.name) } },
    egress: [{ name: 'backends', action: 'Deny', to: [{ pods: { namespaceSelector, podSelector } }] }],
  });
}

function prefixesOf({ addresses }: TestHost): object[] {
  return addresses.map(address => ({ ipBlock: { cidr: `${address}/${address.includes(':') ? 128 : 32}` } }));
}

/** New flows pass by these ways, those that are open since before the first policy go on there, and none elsewhere. */
async function expectOpen(world: World, names: readonly string[]): Promise<string[]> {
  const seen = await eventually(() => openWays(world.probe, world.ways, TIMEOUT_MS), names);
  const alive = await eventually(() => aliveWays(world), names);
  return [...differences('new flows pass', seen, names), ...differences('open flows go on', alive, names)];
}

async function aliveWays({ probe, held }: World): Promise<readonly string[]> {
  const asked = [...held].map(async ([name, flows]) =>
    nameIfAnswered(name, await probe.again(flows, TIMEOUT_MS)),
  );
  return (await Promise.all(asked)).flat();
}

function differences(what: string, seen: readonly string[], expected: readonly string[]): string[] {
  if (seen.join('; ') === expected.join('; ')) return [];
  return [`${what}: '${seen.join('; ')}', and not '${expected.join('; ')}'`];
}
