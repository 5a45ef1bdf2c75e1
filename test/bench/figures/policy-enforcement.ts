// policy_enforcement_ms: from a source's notification of a change until the programs apply it.
import { podKey, type PodKey, type PodObject } from '../../../loader/model/objects.ts';
import { policyKey, type Policy, type PolicyKey } from '../../../loader/model/policies.ts';
import type { PolicyInput } from '../../../loader/policy/compiled.ts';
import type { BenchContext, Figure, Result } from '../figure.ts';
import { APPS, largeCluster, LOCAL_NAMESPACES, OWN_NODE } from '../policy/cluster.ts';
import { EnforcementClock } from '../policy/enforcement-clock.ts';
import { inputWithRules } from '../policy/input.ts';
import { createNodeDevices } from '../../support/bpf/policy-node.ts';
import { plain } from '../results.ts';
import { percentile } from '../statistics.ts';

const NAME = 'policy_enforcement_ms';
const POLICIES = 1_000;
const RULES_PER_POLICY = 10;
const AIM = { atMost: 50 } as const;

export const policyEnforcement: Figure = { name: NAME, isAlone: true, measure };

async function measure({ isQuick, progress, signal }: BenchContext): Promise<readonly Result[]> {
  const changes = isQuick ? 200 : 2_000;
  createNodeDevices(OWN_NODE, 1);
  progress(`50,000 pods and ${POLICIES} policies`);
  const cluster = largeCluster();
  let input = inputWithRules(cluster, POLICIES * RULES_PER_POLICY);
  const clock = new EnforcementClock(input);
  await clock.ready();
  const times = { policy: [] as number[], label: [] as number[] };
  for (let i = 0; i < changes; i++) {
    signal.throwIfAborted();
    if (i % 100 === 0) progress(`${i} of ${changes} changes of each kind`);
    for (const [kind, change] of [
      ['policy', withOtherPolicy],
      ['label', withOtherLabel],
    ] as const) {
      const make = change(input, i);
      times[kind].push(await clock.enforce(() => (input = make())));
    }
  }
  clock[Symbol.dispose]();
  return [...resultsOf('policy', times.policy), ...resultsOf('label', times.label)];
}

function resultsOf(kind: string, timesMs: readonly number[]): Result[] {
  const percentiles = [50, 99] as const;
  return percentiles.map(percent => {
    const heading = { name: `${NAME}_${kind}_p${percent}`, unit: 'ms', note: `a ${kind} changes` };
    const aimed = percent === 99 ? { ...heading, aim: AIM } : heading;
    return plain(aimed, timesMs, percentile(timesMs, percent));
  });
}

/** One of its ports is another one now. A new map of them all, as a source makes it. */
function withOtherPolicy(input: PolicyInput, turn: number): () => PolicyInput {
  const [key, policy] = nth(input.policies, (turn * 7) % input.policies.size);
  const changed = changedPolicy(policy, turn);
  return () => ({ ...input, policies: new Map<PolicyKey, Policy>(input.policies).set(key, changed) });
}

function changedPolicy(policy: Policy, turn: number): Policy {
  const first = 60_000 + (turn % 5_000);
  const [rule, ...rest] = policy.ingress.toReversed();
  if (rule === undefined) throw new Error(`${policyKey(policy)} has no rule`);
  const ports = [{ kind: 'range', protocol: 'UDP', first, last: first }] as const;
  return { ...policy, ingress: [...rest.reverse(), { ...rule, ports }] };
}

/** A pod is of the next app now: one in a namespace with policies, so that it matters to this node. */
function withOtherLabel(input: PolicyInput, turn: number): () => PolicyInput {
  const candidates = [...input.pods.values()].filter(
    ({ namespace }) => namespace === `ns-${turn % LOCAL_NAMESPACES}`,
  );
  const pod = candidates[turn % candidates.length];
  if (pod === undefined) throw new Error('that namespace has no pod');
  const app = (Number(pod.labels['app']?.slice('app-'.length)) + 1) % APPS;
  const changed: PodObject = { ...pod, labels: { ...pod.labels, app: `app-${app}` } };
  return () => ({
    ...input,
    pods: new Map<PodKey, PodObject>(input.pods).set(podKey(changed), changed),
    subjects: subjectsWith(input, podKey(pod), changed),
  });
}

function subjectsWith(input: PolicyInput, key: PodKey, pod: PodObject): PolicyInput['subjects'] {
  const before = input.pods.get(key);
  const podId = [...input.subjects].find(([, subject]) => subject === before)?.[0];
  return podId === undefined ? input.subjects : new Map(input.subjects).set(podId, pod);
}

function nth<K, V>(map: ReadonlyMap<K, V>, index: number): readonly [K, V] {
  const entry = [...map.entries()][index];
  if (entry === undefined) throw new RangeError(`there is no entry ${index}`);
  return entry;
}
