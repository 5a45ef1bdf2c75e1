// A wall clock that a test steps, for the processes that it starts: nobody else's is touched.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtFile } from '../../../lab/installation.ts';

interface Test {
  teardown(clean: () => void): void;
}

export interface SteppedClock {
  /** Of a process that has this clock. */
  readonly environment: Readonly<Record<string, string>>;
  /** By how much it is wrong from now on. */
  set(seconds: number): void;
}

export function steppedClock(t: Test): SteppedClock {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-clock-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'seconds');
  const set = (seconds: number): void => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(seconds));
    writeFileSync(file, bytes, { flag: 'r+' }); // in place: it is mapped
  };
  writeFileSync(file, Buffer.alloc(8));
  return { environment: { LD_PRELOAD: builtFile('test/stepped-clock.so'), HEDDLE_TEST_CLOCK: file }, set };
}
