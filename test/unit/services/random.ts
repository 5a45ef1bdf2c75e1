// Whole numbers by a seed: a failure can be played again.

/** Answers a function: a number from 0 to below `limit`. */
export function randomOf(seed: number): (limit: number) => number {
  let state = seed;
  return limit => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
