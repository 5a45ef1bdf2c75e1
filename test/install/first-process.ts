// The process of a name that is PID 1 of its namespace, as its ancestor outside sees it.
import { readdirSync, readFileSync } from 'node:fs';

interface Seen {
  readonly parent: number;
  readonly name: string;
  readonly isFirst: boolean;
}

/** Undefined as long as there is none. */
export function firstProcessBelow(ancestor: number, wanted: string): number | undefined {
  const seen = new Map(
    readdirSync('/proc')
      .map(Number)
      .flatMap(pid => {
        const found = Number.isNaN(pid) ? undefined : look(pid);
        return found === undefined ? [] : [[pid, found] as const];
      }),
  );
  const isBelow = (pid: number): boolean => {
    const parent = seen.get(pid)?.parent;
    return parent !== undefined && (parent === ancestor || isBelow(parent));
  };
  return [...seen].find(([pid, { name, isFirst }]) => name === wanted && isFirst && isBelow(pid))?.[0];
}

function look(pid: number): Seen | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const field = (name: string): string => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1] ?? '';
    const isFirst = field('NSpid').split('\t').at(-1) === '1';
    return { parent: Number(field('PPid')), name: field('Name'), isFirst };
  } catch {
    return undefined; // it ended while we looked
  }
}
