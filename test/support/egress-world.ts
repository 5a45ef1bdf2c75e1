// A pod of a lab and a server out of the uplink: what the pod's egress policy lets leave, whatever takes it there.
import { isIpv6 } from 'ip';
import { nodeNamed, type Lab, type LabPod } from '../../lab/lab.ts';
import type { HookName } from '../../loader/abi/hook-name.ts';
import { underlayAddresses, type NodePlan } from '../../lab/plan.ts';
import { countersOf } from './counters.ts';
import { heddlectl } from './heddlectl.ts';
import { addressOf, mustExec, podNamed, type TestHost } from './lab.ts';
import { podsNamed, removeObject, writePolicy } from './lab-policy.ts';
import { Probe, type HeldFlow, type ProbeQuestion } from './probe/probe.ts';
import { FAMILIES, PROTOCOLS } from './probe/ways.ts';
import { eventually } from './until.ts';

/** Of the server, over TCP and UDP. */
export const PORT = 8080;
const POLICY = 'egress';

export interface EgressWorld {
  readonly lab: Lab;
  readonly node: NodePlan;
  readonly pod: LabPod;
  readonly outside: TestHost;
  /** Host-side device of the pod, and the node's uplink. */
  readonly devices: { readonly pod: string; readonly uplink: string };
  /** Addresses of the router that leads to the outside. */
  readonly routers: readonly string[];
  readonly probe: Probe;
  readonly timeoutMs: number;
}

/** Every flow that is asked for. */
export const ALL = FAMILIES.flatMap(family => PROTOCOLS.map(protocol => `${protocol} over ${family}`));

/**
 * The server, the outside host unless another is named, answers, and its router knows the way back to the pods of n1. The caller closes
 * the probe.
 */
export async function makeEgressWorld(
  lab: Lab,
  timeoutMs: number,
  outside: TestHost = { ...lab.outside, name: 'outside' },
): Promise<EgressWorld> {
  const [node, pod] = [nodeNamed(lab, 'n1'), podNamed(lab, 'n1-p1')];
  for (const cidr of node.podCidrs) {
    const via = node.addresses.find(address => isIpv6(address) === isIpv6(cidr)) ?? '';
    await mustExec({ netns: lab.fabricNetns }, 'ip', 'route', 'replace', cidr, 'via', via);
  }
  const probe = new Probe();
  const servers = FAMILIES.map(family => ({
    netns: outside.netns,
    address: addressOf(outside, family),
    port: PORT,
  }));
  for (const server of servers) probe.echo(server);
  await probe.serve(servers.map(server => ({ ...server, protocol: 'UDP' })));
  const devices = { pod: await deviceOf(node, pod), uplink: 'eth0' };
  const routers = underlayAddresses(lab.options, node.subnet, 1);
  return { ...{ lab, node, pod, outside, devices, routers, probe, timeoutMs } };
}

/** The same with another pod of that node as the client. */
export async function withPod(world: EgressWorld, name: string): Promise<EgressWorld> {
  const pod = podNamed(world.lab, name);
  return { ...world, pod, devices: { ...world.devices, pod: await deviceOf(world.node, pod) } };
}

async function deviceOf(node: NodePlan, pod: LabPod): Promise<string> {
  const route = await mustExec(node, 'ip', '-o', 'route', 'get', addressOf(pod, 'ipv4'));
  return / dev (\S+)/.exec(route)?.[1] ?? '';
}

function questions({ pod, outside }: EgressWorld): ProbeQuestion[] {
  return FAMILIES.flatMap(family =>
    PROTOCOLS.map(protocol => ({
      ...{ netns: pod.netns, protocol, from: addressOf(pod, family) },
      ...{ to: addressOf(outside, family), port: PORT },
    })),
  );
}

function answeredOf(answers: readonly { readonly answered: boolean }[]): string[] {
  return ALL.filter((_, at) => answers[at]?.answered);
}

/** Which new flows are answered, once it is `expected` or does not become so. */
export function openFlows(world: EgressWorld, expected: readonly string[]): Promise<string[]> {
  return eventually(
    async () => answeredOf(await world.probe.ask(questions(world), world.timeoutMs)),
    [...expected],
  );
}

/** They stay open. */
export function hold(world: EgressWorld): Promise<readonly HeldFlow[]> {
  return world.probe.hold(questions(world), world.timeoutMs);
}

/** Which of them still carry a byte there and back. */
export async function aliveFlows(world: EgressWorld, held: readonly HeldFlow[]): Promise<string[]> {
  return answeredOf(await world.probe.again(held, world.timeoutMs));
}

/** No address at all, the server's, or (`undefined`) any. */
export function admit({ lab, pod, outside }: EgressWorld, whom: 'nobody' | 'outside' | undefined): void {
  if (whom === undefined) {
    removeObject(lab, POLICY);
    return;
  }
  const to = outside.addresses.map(address => ({
    ipBlock: { cidr: `${address}/${isIpv6(address) ? 128 : 32}` },
  }));
  writePolicy(lab, POLICY, {
    ...{ podSelector: podsNamed(pod.name), policyTypes: ['Egress'] },
    egress: whom === 'nobody' ? [] : [{ to }],
  });
}

/** Packets that the hook has refused for egress policy. */
export async function refusedBy(hook: HookName, { lab, node }: EgressWorld): Promise<number> {
  return (await countersOf(lab, node.name)).get(`${hook} DROP_POLICY_EGRESS`) ?? 0;
}

/** What `heddlectl trace` says of the pod's packet to the server. */
export async function traced({ lab, node, pod, outside }: EgressWorld): Promise<string> {
  const words = ['--from', `lab/${pod.name}`, '--to', addressOf(outside, 'ipv4'), '--port', String(PORT)];
  const { stdout } = await heddlectl('--lab', lab.options.name, '--node', node.name, 'trace', ...words);
  return stdout;
}

/** A family's word in nftables, the router by it, and a prefix length. */
export function familiesOf({
  routers,
}: EgressWorld): { readonly ip: 'ip' | 'ip6'; readonly router: string }[] {
  return routers.map(router => ({ ip: isIpv6(router) ? 'ip6' : 'ip', router }));
}
