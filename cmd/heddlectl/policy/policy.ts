// heddlectl policy: lists policies, shows the effective policy of a pod, applies and deletes policies.
import type { Command } from 'commander';
import { API } from '../../../loader/api/client.ts';
import { heddle } from '../../../loader/api/proto.gen.js';
import { readStoredPolicyText } from '../../../loader/sources/applied/read-policy.ts';
import { outcomeWord } from './apply-outcome.ts';
import { addCheckCommand } from './check.ts';
import { colour } from '../output/colour.ts';
import { askDaemon } from '../invocation/ask-daemon.ts';
import { formatOf, targetOf } from '../invocation/flags.ts';
import { manifestText } from '../invocation/manifest-documents.ts';
import { objectNamed, policyKindNamed } from '../invocation/kind-words.ts';
import { printObject, printRows } from '../output/output.ts';
import { describePodPolicy, podPolicy } from './show.ts';
import type { Column } from '../output/table.ts';
import type { Target } from '../invocation/target.ts';

interface PolicyRow {
  readonly kind: string;
  readonly name: string;
  /** Admin, NetworkPolicy or Baseline. */
  readonly tier: string;
  readonly priority?: number;
  /** 'namespace/name' of the local pods that it selects. */
  readonly subjects: readonly string[];
  readonly origin: string;
  readonly status: string;
}

const columns: readonly Column<PolicyRow>[] = [
  { title: 'KIND', text: row => row.kind },
  { title: 'NAME', text: row => row.name },
  { title: 'TIER', text: row => row.tier },
  { title: 'PRIORITY', text: row => String(row.priority ?? ''), align: 'right' },
  { title: 'ORIGIN', text: row => row.origin },
  { title: 'LOCAL PODS', text: row => row.subjects.join(' ') },
  {
    title: 'STATUS',
    text: row => row.status,
    tint: (row, text) => (row.status === 'accepted' ? colour.green(text) : colour.yellow(text)),
  },
];

const { PolicyOrigin } = heddle.v1;

export function addPolicyCommands(program: Command): void {
  const policy = program.command('policy').description('network policies');
  policy
    .command('list')
    .description('list all policies of the daemon')
    .action(async (_flags: unknown, command: Command) =>
      printRows(formatOf(command), await policyRows(targetOf(command)), columns, 'no policies'),
    );
  policy
    .command('show <pod>')
    .description('show the effective policy of NAMESPACE/POD of this node, in the order of evaluation')
    .action(async (pod: string, _flags: unknown, command: Command) => {
      const shown = await podPolicy(targetOf(command), pod);
      printObject(formatOf(command), shown, () => describePodPolicy(shown));
    });
  policy
    .command('apply <file>')
    .description("apply one policy beside the source's; '-' reads standard input")
    .action(apply);
  addCheckCommand(policy);
  policy
    .command('delete')
    .argument('<kind>', 'kind of the policy, or its short name: netpol, cnp')
    .argument('<name>', 'NAMESPACE/NAME, or NAME of a kind without namespaces')
    .description('delete a policy that was applied with heddlectl')
    .action(remove);
}

async function policyRows(target: Target): Promise<PolicyRow[]> {
  const { policies } = await askDaemon(target, API.policy.listPolicies, {});
  return policies.map(({ kind, namespace, name, origin, manifest, status, subjects }) => {
    const policy = readStoredPolicyText(manifest ?? '');
    return {
      kind: kind ?? '',
      name: namespace ? `${namespace}/${name ?? ''}` : (name ?? ''),
      tier: policy.tier,
      ...(policy.tier !== 'NetworkPolicy' && { priority: policy.priority }),
      origin: origin === PolicyOrigin.POLICY_ORIGIN_API ? 'heddlectl' : 'source',
      ...{ subjects: subjects ?? [], status: status ?? '' },
    };
  });
}

async function apply(file: string, _flags: unknown, command: Command): Promise<void> {
  const manifest = manifestText(file);
  const reply = await askDaemon(targetOf(command), API.policy.applyPolicy, { manifest });
  const { kind, namespace, name, problems } = reply;
  const outcome = outcomeWord(reply.outcome);
  const full = namespace === '' ? name : `${namespace}/${name}`;
  printObject(formatOf(command), { kind, name: full, outcome, problems }, () => [
    `${kind} ${full}: ${outcome}`,
    ...problems.map(problem => `  ${colour.yellow(problem)}`),
  ]);
}

async function remove(word: string, fullName: string, _flags: unknown, command: Command): Promise<void> {
  const kind = policyKindNamed(word);
  const { namespace = '', name } = objectNamed(kind, fullName);
  await askDaemon(targetOf(command), API.policy.deletePolicy, { kind, namespace, name });
  printObject(formatOf(command), { kind, name: fullName, outcome: 'deleted' }, () => [
    `${kind} ${fullName}: deleted`,
  ]);
}
