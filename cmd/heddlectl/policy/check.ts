// heddlectl policy check: what of the policies in files would not be honoured; nothing is applied, and no daemon is asked.
import type { Command } from 'commander';
import { identityOf, isPolicyRead } from '../../../loader/sources/objects/cluster-object.ts';
import { parseManifestFile } from '../../../loader/sources/objects/manifest-file.ts';
import { colour } from '../output/colour.ts';
import { formatOf } from '../invocation/flags.ts';
import { filesOf, nameOf, readManifest } from '../invocation/manifest-documents.ts';
import { printObject } from '../output/output.ts';
import { UsageError } from '../invocation/usage-error.ts';

interface CheckedFile {
  /** 'NetworkPolicy shop/web'. */
  readonly policies: readonly string[];
  /** 'file:line: sentence'. */
  readonly problems: readonly string[];
}

export function addCheckCommand(policy: Command): void {
  policy
    .command('check <path...>')
    .description(
      'tell what of the policies in files or directories would not be honoured; status 1 if anything',
    )
    .action((paths: readonly string[], _flags: unknown, command: Command) => {
      const checked = paths.flatMap(filesOf).map(checkFile);
      const policies = checked.flatMap(file => file.policies);
      const problems = checked.flatMap(file => file.problems);
      if (policies.length === 0 && problems.length === 0)
        throw new UsageError(`no policies in ${paths.join(', ')}: name files or directories with policies`);
      printObject(formatOf(command), { policies, problems }, () => [
        ...problems.map(problem => colour.yellow(problem)),
        `${count(policies.length, 'policy', 'policies')}, ${count(problems.length, 'problem', 'problems')}`,
      ]);
      if (problems.length > 0) process.exitCode = 1;
    });
}

/** As a source reads it: to its end, so that all problems are found at once. */
export function checkFile(path: string): CheckedFile {
  const { objects = [], problems } = parseManifestFile(nameOf(path), readManifest(path));
  return { policies: objects.filter(isPolicyRead).map(identityOf), problems };
}

function count(number: number, one: string, several: string): string {
  return `${number} ${number === 1 ? one : several}`;
}
