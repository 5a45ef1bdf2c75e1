// Aliases that are longer than the kernel takes: a namespace and a pod name have up to 63 and 253 characters. What does not
// fit is an alternative name of the link, so that a lost record can be rebuilt from the device all the same.
import type { Link } from 'rtnetlink';

/** IFALIASZ, without the NULs that the kernel and the message have at the end. */
const MAX_ALIAS = 254;
/** Ends an alias that goes on, and stands before its rest. It is in no name of Kubernetes. */
const CUT = '~';

export interface SplitAlias {
  readonly alias: string;
  /** Absent: the alias is whole. */
  readonly rest?: string;
}

/** Of ASCII text. */
export function splitAlias(alias: string): SplitAlias {
  if (alias.length <= MAX_ALIAS) return { alias };
  const end = MAX_ALIAS - CUT.length;
  return { alias: `${alias.slice(0, end)}${CUT}`, rest: alias.slice(end) };
}

/** Alternative names share one space with all names of the namespace's links. */
export function nameOfRest(hostInterface: string, rest: string): string {
  return `${hostInterface}${CUT}${rest}`;
}

export function wholeAlias({
  alias,
  alternativeNames = [],
}: Pick<Link, 'alias' | 'alternativeNames'>): string | undefined {
  if (alias?.endsWith(CUT) !== true) return alias;
  const [, rest = ''] = alternativeNames.find(name => name.includes(CUT))?.split(CUT) ?? [];
  return `${alias.slice(0, -CUT.length)}${rest}`;
}
