// Output format of the demo.
import { colour } from '../../cmd/heddlectl/output/colour.ts';

export function heading(text: string): void {
  process.stdout.write(`\n${colour.bold(colour.cyan(`── ${text}`))}\n`);
}

/** An aside. */
export function note(text: string): void {
  process.stdout.write(`${colour.dim(text)}\n`);
}

/** A command with its prompt. */
export function prompt(where: string, argv: readonly string[]): void {
  process.stdout.write(`${colour.green(where)}${colour.dim('$')} ${argv.join(' ')}\n`);
}

export function show(text: string): void {
  if (text.trim() !== '') process.stdout.write(`${text.trimEnd()}\n`);
}
