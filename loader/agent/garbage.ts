// Memory that a start has needed, and nothing needs again, goes back to the system.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Of two: the first leaves nothing young, the second gives back the room that the young had. */
const ROUNDS = 2;

/** The heap grows while tens of thousands of objects are read, and V8 keeps what it has for as long as little is made anew. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  for (let round = 0; round < ROUNDS; round++) collect();
}
