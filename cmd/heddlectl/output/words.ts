// Numbers of the maps in words: enum values and flags, as people write them.

type Enum = Readonly<Record<string, number>>;

/** `local-pod` for 1; the number itself when it has no name. */
export function wordOf(values: Enum, value: number): string {
  const found = Object.entries(values).find(([, number]) => number === value);
  return found === undefined ? String(value) : spelled(found[0]);
}

/** The names of the bits that are set, lowest first; bits without a name as one number. */
export function flagWords(values: Enum, bits: number): string[] {
  const known = Object.entries(values).filter(([, bit]) => (bits & bit) !== 0);
  const rest = known.reduce((left, [, bit]) => left & ~bit, bits);
  return [...known.map(([name]) => spelled(name)), ...(rest === 0 ? [] : [`0x${rest.toString(16)}`])];
}

function spelled(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}
