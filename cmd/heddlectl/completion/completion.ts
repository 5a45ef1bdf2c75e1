// heddlectl completion SHELL: the script for that shell; and the hidden command that the scripts call.
import type { Command } from 'commander';
import { choiceArgument } from '../invocation/choices.ts';
import { completionOf } from './candidates.ts';
import { COMPLETE_COMMAND, FILES_MARK, SHELL_SCRIPTS } from './shell-scripts.ts';

type Shell = keyof typeof SHELL_SCRIPTS;

export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .addArgument(choiceArgument('<shell>', 'the shell', Object.keys(SHELL_SCRIPTS)))
    .description('print the completion script of a shell, as in: source <(heddlectl completion bash)')
    .action((shell: Shell) => void process.stdout.write(SHELL_SCRIPTS[shell]));
  program
    .command(COMPLETE_COMMAND, { hidden: true })
    .argument('[words...]', 'after --, the line without heddlectl; the last word is being typed')
    .action(async (words: string[]) => {
      const found = await completionOf(program, words);
      const lines =
        found === 'files' ? [FILES_MARK] : found.map(one => `${one.text}\t${one.description ?? ''}`);
      process.stdout.write(lines.map(line => `${line}\n`).join(''));
    });
}
