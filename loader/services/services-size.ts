// How many rows of each map Services need.
import type { CompiledPort, ServicesSize } from './service-rows.ts';

export const NO_ROWS: ServicesSize = { frontends: 0, backends: 0, states: 0 };

export function sizeOf(ports: readonly CompiledPort[]): ServicesSize {
  return ports.reduce(
    ({ frontends, backends, states }, port) => ({
      frontends: frontends + port.frontends.length,
      backends: backends + port.frontends.reduce((sum, { set }) => sum + set.backends.length, 0),
      states: states + port.states.length,
    }),
    NO_ROWS,
  );
}

export function sumOf(a: ServicesSize, b: ServicesSize, sign: 1 | -1): ServicesSize {
  return {
    frontends: a.frontends + sign * b.frontends,
    backends: a.backends + sign * b.backends,
    states: a.states + sign * b.states,
  };
}
