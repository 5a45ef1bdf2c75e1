// Random edits of a small world in which much depends on everything else.
import { podKey, type PodObject } from '../../../loader/model/objects.ts';
import { policyKey, type Policy, type PolicyPeer } from '../../../loader/model/policies.ts';
import type { PolicyInput } from '../../../loader/policy/compiled.ts';
import {
  clusterPolicy,
  every,
  labelled,
  named,
  network,
  networkPolicy,
  node,
  nodes,
  OWN,
  pod,
  pods,
  ports,
  rule,
  subject,
  unknown,
} from './world.ts';

/** Numbers that look random, the same for a seed. */
export class Dice {
  #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  below(n: number): number {
    this.#seed = (Math.imul(this.#seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((this.#seed / 2 ** 32) * n);
  }

  one<T>(of: readonly [T, ...T[]]): T {
    return of[this.below(of.length)] ?? of[0];
  }
}

const CIDRS = [
  '0.0.0.0/0',
  '10.0.0.0/8',
  '10.0.1.0/24',
  '10.0.1.0/28',
  '192.0.2.0/24',
  '::/0',
  'fd00::/16',
] as const;

function anyPeer(dice: Dice): PolicyPeer {
  const cidr = dice.one(CIDRS);
  const label = { app: dice.one(['a', 'b', 'c']) };
  return dice.one<() => PolicyPeer>([
    () => pods(label),
    () => pods(dice.below(2) ? label : {}, labelled({ team: dice.one(['s', 't']) })),
    () => pods({}, every),
    () => nodes(dice.below(2) ? { zone: 'z' } : {}),
    () => network(cidr),
    () => (cidr.includes(':') ? network(cidr, 'fd00:1::/32') : network(cidr, '10.0.1.4/30')),
    () => unknown,
  ])();
}

function anyRule(dice: Dice): Policy['egress'][number] {
  const peers = dice.below(5) === 0 ? 'all' : [anyPeer(dice), anyPeer(dice)];
  const port = dice.one([
    ports('TCP', 80),
    ports('UDP', 50, 90),
    named('http'),
    named('http', 'TCP'),
    unknown,
  ]);
  return rule(dice.one(['Accept', 'Deny', 'Pass']), peers, dice.below(2) ? 'all' : [port]);
}

function anyPolicy(dice: Dice): Policy {
  const name = dice.one(['p', 'q', 'r']);
  const chosen = dice.below(2) ? every : labelled({ app: dice.one(['a', 'b']) });
  const rules = () => Array.from({ length: dice.below(3) }, () => anyRule(dice));
  if (dice.below(2) === 0) {
    const tier = dice.one<Policy['tier']>(['Admin', 'Baseline']);
    const namespaces = dice.below(2) ? every : labelled({ team: 's' });
    const cluster = { tier, priority: dice.below(3), subject: { namespaces, pods: chosen } };
    return clusterPolicy(name, { ...cluster, egress: rules(), ingress: rules() });
  }
  const accepts = () => rules().map(each => ({ ...each, action: 'Accept' as const }));
  const egress = dice.below(2) ? { egress: accepts() } : {};
  return networkPolicy(name, {
    subject: { namespaces: { name: 'x' }, pods: chosen },
    ingress: accepts(),
    ...egress,
  });
}

function anyPod(dice: Dice): PodObject {
  const i = dice.below(12);
  return pod(`p${i}`, `10.0.1.${dice.below(9) === 0 ? 1 : i} fd00:${dice.below(3)}::${i}`, {
    namespace: dice.one(['x', 'y']),
    labels: { app: dice.one(['a', 'b', 'c']) },
    nodeName: dice.one(['there', OWN]),
    hostNetwork: dice.below(8) === 0,
    phase: dice.one(['Running', 'Running', 'Pending', 'Succeeded']),
    ports: dice.below(2) ? [{ name: 'http', number: 8000 + dice.below(2), protocol: 'TCP' }] : [],
  });
}

/** A copy of `map`; the key has `value`, or is not there. */
function changed<K, V>(map: ReadonlyMap<K, V>, key: K, value: V | undefined): ReadonlyMap<K, V> {
  const copy = new Map(map);
  if (value === undefined) copy.delete(key);
  else copy.set(key, value);
  return copy;
}

/** One thing in it comes, goes or is another. */
export function edited(input: PolicyInput, dice: Dice): PolicyInput {
  const remove = dice.below(4) === 0;
  const kept = <T>(value: T): T | undefined => (remove ? undefined : value);
  const policy = anyPolicy(dice);
  const somebody = anyPod(dice);
  const name = dice.one(['there', OWN]);
  const addr = dice.one(['192.0.2.1', '192.0.2.2', '10.0.1.3', '2001:db8::1']);
  const at = node(name, addr, { zone: dice.one(['z', 'w']) });
  return dice.one<() => PolicyInput>([
    () => ({ ...input, policies: changed(input.policies, policyKey(policy), kept(policy)) }),
    () => ({ ...input, pods: changed(input.pods, podKey(somebody), kept(somebody)) }),
    () => ({ ...input, pods: changed(input.pods, podKey(somebody), kept(somebody)) }),
    () => ({ ...input, nodes: changed(input.nodes, name, kept(at)) }),
    () => ({
      ...input,
      nodeAddresses: changed(input.nodeAddresses, at.internalAddresses[0] ?? ('' as never), kept(name)),
    }),
    () => {
      const namespace = dice.one(['x', 'y']);
      const object = { name: namespace, labels: { team: dice.one(['s', 't']) } };
      return { ...input, namespaces: changed(input.namespaces, namespace, kept(object)) };
    },
    () => {
      const { addresses } = anyPod(dice);
      const like = { ...subject({ app: dice.one(['a', 'b']) }, somebody.ports), addresses };
      return { ...input, subjects: changed(input.subjects, dice.below(3), kept(like)) };
    },
  ])();
}
