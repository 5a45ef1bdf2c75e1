// Writes bpf/complexity.json: what each program costs this kernel's verifier. Says what has moved since the last time.
import { readFileSync, writeFileSync } from 'node:fs';
import {
  COMPLEXITY_FILE,
  measureComplexity,
  moves,
  type ComplexityRecord,
} from '../test/support/bpf/complexity.ts';

function readRecord(): ComplexityRecord | undefined {
  try {
    return JSON.parse(readFileSync(COMPLEXITY_FILE, 'utf8')) as ComplexityRecord;
  } catch {
    return undefined; // the first time
  }
}

const recorded = readRecord();
const measured = measureComplexity();
writeFileSync(COMPLEXITY_FILE, `${JSON.stringify(measured, undefined, 2)}\n`);
if (recorded !== undefined && recorded.kernel !== measured.kernel)
  process.stdout.write(`recorded on Linux ${recorded.kernel}, now on ${measured.kernel}\n`);
const moved = recorded === undefined ? [] : moves(recorded, measured);
process.stdout.write(moved.length === 0 ? 'nothing has moved\n' : `${moved.join('\n')}\n`);
