// Writes the manual pages of heddlectl, one for it and one for each command, from its table of commands: `write-man DIRECTORY`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildProgram } from '../cmd/heddlectl/program.ts';
import { manualPages } from './man/manual-pages.ts';

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error('usage: write-man DIRECTORY');
const seconds = Number(process.env['SOURCE_DATE_EPOCH'] ?? Date.now() / 1_000);
const date = new Date(seconds * 1_000).toISOString().slice(0, 10);
mkdirSync(directory, { recursive: true });
for (const { name, text } of manualPages(await buildProgram(), date))
  writeFileSync(join(directory, name), text);
