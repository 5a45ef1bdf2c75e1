// Port ranges as the fewest prefixes for longest-prefix match.
//
// hd_rule_set is looked up once for each prefix length that a rule set has, the longest first: fewer prefixes are fewer rows.
// Halving the ports until a part lies in one span gives at most 16 levels, so s spans cost O(16 s).

const PORTS = 65_536;
const PORT_BITS = 16;

/** Ports `first` to `last`, inclusive. */
export interface PortSpan<T> {
  readonly first: number;
  readonly last: number;
  readonly value: T;
}

export interface PortPrefix<T> {
  readonly bits: number;
  /** The prefix's bits, the others 0. */
  readonly port: number;
  readonly value: T;
}

/** A node of the binary tree over the ports, with the values that it can pass to both halves at equal cost. */
interface Part<T> {
  readonly bits: number;
  readonly port: number;
  readonly values: readonly T[];
  readonly halves: readonly Part<T>[];
}

/**
 * `spans` cover every port once, in order. Ports without a prefix have the value `inherited`. Draves et al., "Constructing
 * optimal IP routing tables" (Infocom 1999): upwards what both halves agree on, downwards a prefix only where it differs.
 */
export function portPrefixes<T>(spans: readonly PortSpan<T>[], inherited: T): readonly PortPrefix<T>[] {
  const prefixes: PortPrefix<T>[] = [];
  emit(partOf(spans, 0, 0, 0).part, inherited, prefixes);
  return prefixes;
}

/** Also returns the index of the span in which the part ends. */
function partOf<T>(
  spans: readonly PortSpan<T>[],
  at: number,
  bits: number,
  port: number,
): { part: Part<T>; at: number } {
  const last = port + (PORTS >> bits) - 1;
  while ((spans[at]?.last ?? PORTS) < port) at++;
  const span = spans[at];
  if (span === undefined) throw new RangeError(`no span covers port ${port}`);
  if (span.last >= last) return { part: { bits, port, values: [span.value], halves: [] }, at };
  const low = partOf(spans, at, bits + 1, port);
  const high = partOf(spans, low.at, bits + 1, port + (1 << (PORT_BITS - bits - 1)));
  const both = low.part.values.filter(value => high.part.values.includes(value));
  const values = both.length > 0 ? both : [...new Set([...low.part.values, ...high.part.values])];
  return { part: { bits, port, values, halves: [low.part, high.part] }, at: high.at };
}

function emit<T>({ bits, port, values, halves }: Part<T>, inherited: T, prefixes: PortPrefix<T>[]): void {
  const value = values.includes(inherited) ? inherited : (values[0] ?? inherited);
  if (value !== inherited) prefixes.push({ bits, port, value });
  for (const half of halves) emit(half, value, prefixes);
}
