// heddlectl apply, confirm, rollback: applies policies atomically, with an automatic rollback unless confirmed.
import type { Command } from 'commander';
import { API } from '../../../loader/api/client.ts';
import type { heddle } from '../../../loader/api/proto.gen.js';
import { outcomeWord } from './apply-outcome.ts';
import { colour } from '../output/colour.ts';
import { askDaemon } from '../invocation/ask-daemon.ts';
import { formatOf, targetOf } from '../invocation/flags.ts';
import { secondsIn } from '../invocation/duration.ts';
import { documentsIn, type ManifestDocument } from '../invocation/manifest-documents.ts';
import { printObject } from '../output/output.ts';
import { UsageError } from '../invocation/usage-error.ts';

export function addApplyCommands(program: Command): void {
  program
    .command('apply <path>')
    .description('apply the policies of a file or a directory atomically')
    .option('--confirm <time>', "roll back after that time (60s, 5m) unless 'heddlectl confirm' is run")
    .action(apply);
  program
    .command('confirm')
    .description('confirm the policies that were applied with --confirm')
    .action(async (_flags: unknown, command: Command) => {
      await askDaemon(targetOf(command), API.policy.confirmPolicies, {});
      printObject(formatOf(command), { outcome: 'confirmed' }, () => ['confirmed']);
    });
  program
    .command('rollback')
    .description("restore the policies before the last 'heddlectl apply'")
    .action(async (_flags: unknown, command: Command) => {
      const { policies } = await askDaemon(targetOf(command), API.policy.rollBackPolicies, {});
      printObject(formatOf(command), { outcome: 'rolled back', policies }, () => [
        `rolled back: ${policies === 1 ? 'one policy is' : `${policies} policies are`} as before`,
      ]);
    });
}

async function apply(path: string, { confirm }: { confirm?: string }, command: Command): Promise<void> {
  const confirmWithinSeconds = confirm === undefined ? 0 : secondsIn(confirm, '--confirm');
  const documents = documentsIn(path);
  if (documents.length === 0)
    throw new UsageError(`'${path}' has no policies: name a file or a directory with policies`);
  const manifests = documents.map(({ value }) => JSON.stringify(value));
  const request = { manifests, confirmWithinSeconds };
  const { policies } = await askDaemon(targetOf(command), API.policy.applyPolicies, request).catch(
    (error: unknown) => {
      throw withFile(error, documents);
    },
  );
  printObject(formatOf(command), { policies: policies.map(rowOf), confirmWithinSeconds }, () => [
    ...policies.flatMap(linesOf),
    ...(confirm === undefined
      ? []
      : [colour.yellow(`rolled back in ${confirm} unless confirmed: heddlectl confirm`)]),
  ]);
}

/** The daemon names an object by its index. */
function withFile(error: unknown, documents: readonly ManifestDocument[]): unknown {
  if (!(error instanceof UsageError)) return error;
  const named = error.message.replace(
    /^manifests\[(\d+)\]/,
    (whole, index: string) => documents[Number(index)]?.file ?? whole,
  );
  return new UsageError(named);
}

function rowOf({ kind, namespace, name, outcome, problems }: heddle.v1.IApplyPolicyResponse) {
  const full = namespace ? `${namespace}/${name ?? ''}` : (name ?? '');
  return { kind: kind ?? '', name: full, outcome: outcomeWord(outcome), problems: problems ?? [] };
}

function linesOf(reply: heddle.v1.IApplyPolicyResponse): string[] {
  const { kind, name, outcome, problems } = rowOf(reply);
  return [`${kind} ${name}: ${outcome}`, ...problems.map(problem => `  ${colour.yellow(problem)}`)];
}
