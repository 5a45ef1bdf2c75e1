// What the demo looks like.
import pc from 'picocolors';

export function heading(text: string): void {
  process.stdout.write(`\n${pc.bold(pc.cyan(`── ${text}`))}\n`);
}

/** An aside. */
export function note(text: string): void {
  process.stdout.write(`${pc.dim(text)}\n`);
}

/** A command, as a person would type it there. */
export function prompt(where: string, argv: readonly string[]): void {
  process.stdout.write(`${pc.green(where)}${pc.dim('$')} ${argv.join(' ')}\n`);
}

export function show(text: string): void {
  if (text.trim() !== '') process.stdout.write(`${text.trimEnd()}\n`);
}
