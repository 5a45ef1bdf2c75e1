// What sysctls said before the daemon wrote them, for cleanup. A boot sets them anew, so the record is of one boot.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { bootId } from '../async/boot-clock.ts';

const FORM = z.object({
  bootId: z.string(),
  /** By name, with slashes. */
  sysctls: z.record(z.string(), z.object({ before: z.string(), written: z.string() })),
});

/** A sysctl that is about to be written, or that the kernel sets with another one. */
export interface WrittenSysctl {
  readonly name: string;
  readonly before: string;
  readonly written: string;
}

type Sysctls = z.infer<typeof FORM>['sysctls'];

export function sysctlRecordFile(runDir: string): string {
  return join(runDir, 'sysctls.json');
}

export class SysctlRecord {
  readonly #path: string;
  readonly #bootId: string;
  #sysctls: Sysctls;
  #isSaved = true;

  /** A file that is damaged or of another boot counts as none. */
  constructor(path: string, boot = bootId()) {
    this.#path = path;
    this.#bootId = boot;
    this.#sysctls = read(path, boot);
  }

  /** In the order in which they were written first. */
  get sysctls(): Readonly<Sysctls> {
    return this.#sysctls;
  }

  /** The first value counts. On disk once `save` returns. */
  note(values: readonly WrittenSysctl[]): void {
    const fresh = values.map(({ name, before, written }) => {
      const known = this.#sysctls[name];
      return [name, { before: known?.before ?? before, written }] as const;
    });
    const isKnown = fresh.every(([name, { written }]) => this.#sysctls[name]?.written === written);
    if (isKnown) return;
    this.#sysctls = { ...this.#sysctls, ...Object.fromEntries(fresh) };
    this.#isSaved = false;
  }

  /** Also where the file is gone. Returns whether it was. Throws the system's error. */
  save(): boolean {
    const isGone = this.isGone;
    if (this.#isSaved && !isGone) return false;
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o755 });
    const text = JSON.stringify({ bootId: this.#bootId, sysctls: this.#sysctls }, undefined, 2);
    writeFileSync(`${this.#path}.new`, `${text}\n`, { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
    const wasSaved = this.#isSaved;
    this.#isSaved = true;
    return isGone && wasSaved;
  }

  /** The file was removed by another program. */
  get isGone(): boolean {
    return Object.keys(this.#sysctls).length > 0 && !existsSync(this.#path);
  }
}

function read(path: string, boot: string): Sysctls {
  try {
    const record = FORM.parse(JSON.parse(readFileSync(path, 'utf8')));
    return record.bootId === boot ? record.sysctls : {};
  } catch {
    return {};
  }
}
