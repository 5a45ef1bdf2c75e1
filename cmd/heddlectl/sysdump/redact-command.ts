// heddlectl redact: standard input without its secrets. `kubectl heddle sysdump` calls it for what it has from the API server.
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { redactorOf, type Redact } from './redact.ts';

const QUOTED = /"(?:[^"\\\n]|\\.)*"/g;

export function addRedactCommand(program: Command): void {
  program
    .command('redact', { hidden: true })
    .description('standard input without what looks like a secret')
    .action(async () => {
      const redact = redactorOf([]);
      process.stdout.write(redact(withinStrings(await text(process.stdin), redact)));
    });
}

/** A string may hold a document: an annotation, a line of a log. Its quotes are escaped there, and its names not seen from outside. */
function withinStrings(whole: string, redact: Redact): string {
  return whole.replace(QUOTED, quoted => {
    if (!quoted.includes('\\"')) return quoted;
    try {
      const held = JSON.parse(quoted) as string;
      const redacted = redact(withinStrings(held, redact));
      return redacted === held ? quoted : JSON.stringify(redacted);
    } catch {
      return quoted; // no string of JSON
    }
  });
}
