// Names cross from C to TypeScript here and nowhere else.

/** snake_case to camelCase: `next_hop` becomes `nextHop`; leading underscores go. */
export function camelCase(cName: string): string {
  return cName.replace(/^_+/, '').replace(/_+([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Members that only fill space: written as zeros, not read. */
export function isPaddingName(cName: string): boolean {
  return /^_*(pad|padding|reserved)\d*$/.test(cName);
}
