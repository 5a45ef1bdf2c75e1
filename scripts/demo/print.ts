// Output format of the demo.
import { colour } from '../../cmd/heddlectl/output/colour.ts';
import { print } from '../../cmd/heddlectl/output/terminal.ts';

export function heading(text: string): void {
  print(`\n${colour.bold(colour.cyan(`── ${text}`))}`);
}

/** An aside. */
export function note(text: string): void {
  print(colour.dim(text));
}

/** A command with its prompt. */
export function prompt(where: string, argv: readonly string[]): void {
  print(`${colour.green(where)}${colour.dim('$')} ${argv.join(' ')}`);
}

export function show(text: string): void {
  if (text.trim() !== '') print(text.trimEnd());
}
