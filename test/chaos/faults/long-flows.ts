// Flows that are opened while a node is flooded, and used again after it: each from a pod whose ingress is denied.
import type { Lab, LabPod } from '../../../lab/lab.ts';
import { addressOf } from '../../support/lab.ts';
import type { HeldFlow, Probe, ProbeQuestion } from '../../support/probe/probe.ts';
import type { Losses } from '../losses.ts';
import { callerOf } from '../talk.ts';

const PORT = { datagrams: 7_500, connections: 7_501 } as const;
const OF_EACH_KIND = 4;
/** TCP retransmits after 1, 3, 7 and 15 s; the UDP client each second. */
const PATIENCE_MS = 20_000;
const RESOLVER_MS = 1_000;

export interface LongFlow extends HeldFlow {
  readonly question: ProbeQuestion;
}

export async function serveLongFlows(probe: Probe, servers: readonly LabPod[]): Promise<void> {
  for (const { netns, address } of listeners(servers)) {
    probe.echo({ netns, address, port: PORT.connections });
    await probe.serve([{ netns, address, protocol: 'UDP', port: PORT.datagrams }]);
  }
}

/** Of callers on other nodes to each server, over both protocols and both families. */
export async function openLongFlows(
  probe: Probe,
  lab: Lab,
  servers: readonly LabPod[],
): Promise<readonly LongFlow[]> {
  const flows = questionsOf(lab, servers).map(async (question): Promise<LongFlow> => {
    const [flow] = await probe.hold([question], patienceOf(question));
    if (flow === undefined) throw new Error('the probe did not hold a flow');
    return persist(probe, { ...flow, question });
  });
  return Promise.all(flows);
}

/** A byte there and back over each. */
export function askLongFlows(probe: Probe, flows: readonly LongFlow[]): Promise<readonly LongFlow[]> {
  return Promise.all(flows.map(async flow => persist(probe, await askOnce(probe, flow))));
}

export function unanswered(when: string, flows: readonly LongFlow[]): Partial<Losses> {
  const broken = flows
    .filter(({ answered }) => !answered)
    .map(
      ({ question: { protocol, from, to }, problem }) => `${protocol} ${from} → ${to}, ${when}: ${problem}`,
    );
  return { connectionsBroken: broken.length, broken };
}

async function askOnce(probe: Probe, flow: LongFlow): Promise<LongFlow> {
  const [answer] = await probe.again([flow], patienceOf(flow.question));
  return { ...flow, answered: answer?.answered === true, problem: answer?.problem ?? '' };
}

/** A datagram is asked again, as resolvers do: the kernel's queues lose some in a flood. */
async function persist(probe: Probe, asked: LongFlow): Promise<LongFlow> {
  let flow = asked;
  for (
    let spent = RESOLVER_MS;
    !flow.answered && isDatagrams(flow) && spent < PATIENCE_MS;
    spent += RESOLVER_MS
  )
    flow = await askOnce(probe, flow);
  return flow;
}

function isDatagrams({ question }: LongFlow): boolean {
  return question.protocol === 'UDP';
}

function patienceOf({ protocol }: ProbeQuestion): number {
  return protocol === 'UDP' ? RESOLVER_MS : PATIENCE_MS;
}

function questionsOf(lab: Lab, servers: readonly LabPod[]): ProbeQuestion[] {
  const kinds = listeners(servers).flatMap(({ node, address, family }) =>
    lab.nodes
      .filter(({ name }) => name !== node)
      .map(({ name }) => callerOf(lab, name))
      .flatMap((caller): ProbeQuestion[] => {
        const ends = { netns: caller.netns, from: addressOf(caller, family), to: address };
        return [
          { ...ends, protocol: 'TCP', port: PORT.connections },
          { ...ends, protocol: 'UDP', port: PORT.datagrams },
        ];
      }),
  );
  return Array.from({ length: OF_EACH_KIND }, () => kinds).flat();
}

function listeners(servers: readonly LabPod[]) {
  return servers.flatMap(pod =>
    (['ipv4', 'ipv6'] as const).map(family => ({
      ...{ node: pod.node, family, netns: pod.netns, address: addressOf(pod, family) },
    })),
  );
}
