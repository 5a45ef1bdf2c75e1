// Names of enum values and flags, in kebab case.

type Enum = Readonly<Record<string, number>>;

/** `local-pod` for 1; the number itself when it has no name. */
export function enumName(values: Enum, value: number): string {
  const found = Object.entries(values).find(([, number]) => number === value);
  return found === undefined ? String(value) : kebabCase(found[0]);
}

/** The names of the bits that are set, lowest first; bits without a name as one number. */
export function flagNames(values: Enum, bits: number): string[] {
  const known = Object.entries(values).filter(([, bit]) => (bits & bit) !== 0);
  const unknown = known.reduce((left, [, bit]) => left & ~bit, bits);
  return [...known.map(([name]) => kebabCase(name)), ...(unknown === 0 ? [] : [`0x${unknown.toString(16)}`])];
}

function kebabCase(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}
