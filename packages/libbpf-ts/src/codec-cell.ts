// The inner form of codecs: one DataView is made per value, not per member.
import { BpfError } from './errors.ts';

export interface Cell {
  readonly size: number;
  write(value: unknown, view: DataView, offset: number): void;
  read(view: DataView, offset: number): unknown;
}

/** The error for a value that the layout cannot hold; `path` names the member in C. */
export function badValue(path: string, value: unknown, expected: string): BpfError {
  const shown = typeof value === 'object' && value !== null ? 'an object' : String(value);
  const text = value === undefined ? `a value is missing; ${expected} is due` : `${shown} is not ${expected}`;
  return new BpfError('EINVAL', 'encode', path, { text });
}
