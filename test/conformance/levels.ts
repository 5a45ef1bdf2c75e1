// Every level there is, by name.
import { bpfLevel } from './bpf/level.ts';
import { compilerLevel } from './compiler-level.ts';
import { labLevel } from './lab/level.ts';
import type { Level } from './level.ts';

const LEVELS: readonly Level[] = [compilerLevel, bpfLevel(), labLevel()];

export const LEVEL_NAMES: readonly string[] = LEVELS.map(level => level.name);

export function levelNamed(name: string): Level | undefined {
  return LEVELS.find(level => level.name === name);
}
