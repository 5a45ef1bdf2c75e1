// Values that mean the same beyond doubt, written as they should be: 80 for '80', 10.1.0.0/24 for 10.01.0.7/24.
import type * as z from 'zod';
import {
  type Addr,
  type Cidr,
  familyOf,
  parseAddrSloppy,
  parseCidr,
  parseCidrSloppy,
  tryParseAddr,
} from 'ip';
import { noNodeAddr } from './kubernetes-fields.ts';
import { valueAt, type FieldPath, type PartialRules } from './partial-read.ts';

/** Text for a number and a number for text, as far as there is only one reading. */
export function mendScalar(value: unknown, issue: z.core.$ZodIssue): unknown {
  if (issue.code !== 'invalid_type') return undefined;
  const { expected } = issue;
  if (expected === 'string' && (typeof value === 'number' || typeof value === 'boolean'))
    return String(value);
  if ((expected === 'number' || expected === 'int') && typeof value === 'string' && /^\d{1,9}$/.test(value))
    return Number(value);
  if (expected === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  // encoding/json leaves the zero value where it meets null
  return expected === 'string' && value === null && isLabel(issue.path) ? '' : undefined;
}

/** Lists of a Node or a Pod in which one entry may be odd, and what of an entry is the address. */
const ADDRESS_LISTS: Readonly<Record<string, string | undefined>> = {
  'status.addresses': 'address',
  'status.podIPs': 'ip',
  'spec.podCIDRs': undefined,
  addresses: undefined,
};

/**
 * Beside scalars: an address or a prefix that only Kubernetes' lenient parsers read. Other programs read leading zeros as
 * octal, so it counts only where the list has none of its family that is well written.
 */
export const mendAddressed: PartialRules['mend'] = (value, issue, { path, root }) => {
  const scalar = mendScalar(value, issue);
  if (scalar !== undefined || typeof value !== 'string') return scalar;
  const list = path.slice(
    0,
    path.findLastIndex(step => typeof step === 'number'),
  );
  const name = list.join('.');
  if (path.join('.') === TUNNEL) return goodAddresses(value);
  if (path.join('.') === 'spec.podCIDR') return parseCidrSloppy(value);
  if (path.join('.') === 'status.podIP') return parseAddrSloppy(value);
  if (!Object.hasOwn(ADDRESS_LISTS, name)) return undefined;
  const field = ADDRESS_LISTS[name];
  const entries = listAt(root, list);
  const own = entries[Number(path[list.length])];
  const others = entries.filter(entry => entry !== own && typeOf(entry) === typeOf(own));
  return inPlaceOf(
    value,
    others.map(entry => (field === undefined ? entry : valueAt(entry, [field]))),
  );
};

const TUNNEL = 'metadata.annotations.heddle.dev/tunnel-address';

/** Of a list in one text, those that are addresses; none: nothing can be made of it. */
function goodAddresses(text: string): string | undefined {
  const parts = text.split(',').map(part => part.trim());
  const kept = parts.filter(part => {
    const addr = tryParseAddr(part);
    return addr !== undefined && noNodeAddr(addr) === undefined;
  });
  return kept.length > 0 ? kept.join(',') : undefined;
}

function inPlaceOf(text: string, others: readonly unknown[]): Addr | Cidr | undefined {
  const isCidr = text.includes('/');
  const read = isCidr ? parseCidrSloppy(text) : parseAddrSloppy(text);
  if (read === undefined || read === text) return undefined;
  const isFamily = (other: unknown): boolean =>
    typeof other === 'string' && isWellWritten(other) && familyOf(other) === familyOf(read);
  return others.some(isFamily) ? undefined : read;
}

function isWellWritten(text: string): boolean {
  if (!text.includes('/')) return tryParseAddr(text) !== undefined;
  try {
    parseCidr(text);
    return true;
  } catch {
    return false; // leading zeros, host bits, or nothing at all
  }
}

function listAt(root: unknown, path: FieldPath): readonly unknown[] {
  const list = valueAt(root, path);
  return Array.isArray(list) ? list : [];
}

/** Of a Node's addresses: a host name is no better than another. */
function typeOf(entry: unknown): unknown {
  return valueAt(entry, ['type']);
}

function isLabel(path: readonly unknown[]): boolean {
  return ['labels', 'annotations', 'matchLabels'].some(name => path.at(-2) === name);
}
