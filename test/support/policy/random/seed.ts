// Where random worlds begin: SEED=… repeats a run, WORLDS=… says how many there are.

export function seedFrom(environment: NodeJS.ProcessEnv): number {
  return Number(environment['SEED'] ?? Date.now() % 2 ** 31);
}

export function worldsFrom(environment: NodeJS.ProcessEnv, usual: number): number {
  return Number(environment['WORLDS'] ?? usual);
}
