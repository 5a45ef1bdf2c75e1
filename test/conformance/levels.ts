// Every level there is, by name.
import { compilerLevel } from './compiler-level.ts';
import type { Level } from './level.ts';

const LEVELS: readonly Level[] = [compilerLevel];

export const LEVEL_NAMES: readonly string[] = LEVELS.map(level => level.name);

export function levelNamed(name: string): Level | undefined {
  return LEVELS.find(level => level.name === name);
}
