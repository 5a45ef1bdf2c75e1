// Returns memory that only the start needed to the system.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Two: the first promotes or frees the young generation, the second shrinks its semi-spaces. */
const ROUNDS = 2;

/** The heap grows while tens of thousands of objects are read, and V8 does not shrink it while the allocation rate is low. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  for (let round = 0; round < ROUNDS; round++) collect();
}
