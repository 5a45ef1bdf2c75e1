// policy_testrun_ns: what the programs of the way between two nodes cost a packet, by the number of rules.
import { readFileSync } from 'node:fs';
import { loadObject, readObject } from 'libbpf-ts';
import type { BenchContext, Figure, Result } from '../figure.ts';
import { createNodeDevices, openPolicyNode, type PolicyNode } from '../../support/bpf/policy-node.ts';
import { inputWithRules } from '../policy/input.ts';
import { largeCluster, OWN_NODE } from '../policy/cluster.ts';
import { sentFrame } from '../policy/frames.ts';
import { CASES, PacketCase, type CaseName } from '../policy/packet-case.ts';
import { skbContextOf } from '../policy/skb-context.ts';
import { builtFile } from '../../../lab/installation.ts';
import { pairOf, paired, plain } from '../results.ts';
import { median } from '../statistics.ts';

export const RULE_COUNTS = [0, 10, 1_000, 100_000] as const;
const NAME = 'policy_testrun_ns';
const FLAT = { few: 10, many: 100_000, atMost: 1.1 } as const;

export const policyTestRun: Figure = { name: NAME, isAlone: true, measure };

async function measure({ isQuick, progress, signal }: BenchContext): Promise<readonly Result[]> {
  const [rounds, packets] = isQuick ? [5, 2_000] : [21, 5_000];
  createNodeDevices(OWN_NODE, 1);
  const cases = openCases(progress);
  const emptyRun = emptyRunNs(packets);
  const medians = new Map<PacketCase, number[]>(cases.map(each => [each, []]));
  for (let round = 0; round < rounds; round++) {
    progress(`round ${round + 1} of ${rounds}`);
    const order = round % 2 === 0 ? cases : cases.toReversed(); // the first run after a change finds cold caches
    for (const each of order) {
      signal.throwIfAborted();
      const durations = each.run(packets);
      if (round > 0) medians.get(each)?.push(median(durations) - emptyRun); // the first one warms up
    }
    await Promise.resolve();
  }
  return CASES.flatMap(name => resultsOf(name, medians));
}

function openCases(progress: BenchContext['progress']): readonly PacketCase[] {
  const cluster = largeCluster();
  const nodes = RULE_COUNTS.map((rules): [number, PolicyNode] => {
    progress(`50,000 endpoints and ${rules} rules`);
    return [rules, openPolicyNode(inputWithRules(cluster, rules))];
  });
  return CASES.flatMap(name => nodes.map(([rules, node]) => new PacketCase(name, rules, node)));
}

function resultsOf(name: CaseName, medians: ReadonlyMap<PacketCase, readonly number[]>): Result[] {
  const runsOf = (rules: number): readonly number[] =>
    [...medians].find(([each]) => each.name === name && each.rules === rules)?.[1] ?? [];
  const few = runsOf(FLAT.few);
  const curve = runsOf(FLAT.many).map((ours, i) => pairOf(ours, few[i] ?? Number.NaN));
  const points = RULE_COUNTS.map(rules => {
    const heading = { name: `${NAME}_${name}_${rules}`, unit: 'ns/packet', note: `${rules} rules` };
    return plain(heading, runsOf(rules));
  });
  const heading = { name: `${NAME}_${name}`, unit: 'ns/packet', note: '100,000 rules : 10 rules' };
  return [...points, paired({ ...heading, aim: { atMost: FLAT.atMost } }, curve)];
}

/** What a test run takes around the program: it is in every figure, and says nothing of policy. */
function emptyRunNs(packets: number): number {
  const object = loadObject(readObject(readFileSync(builtFile('test/bpf/seen.bpf.o'))), { name: 'seen' });
  const program = object.program('seen');
  const run = { data: sentFrame(1), context: skbContextOf(0) };
  const durations = Array.from({ length: packets }, () => program.testRun(run).durationNs);
  object[Symbol.dispose]();
  return median(durations);
}
