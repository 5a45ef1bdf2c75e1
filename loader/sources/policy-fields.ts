// Fields that both kinds of policy share: label selectors, networks and port numbers, as the API server checks them.
import { z } from 'zod';
import { isIpv4, tryParseAddr } from '../model/addr.ts';
import { cidrOf, parseCidr, type Cidr } from '../model/cidr.ts';
import type { LabelRequirement, LabelSelector } from '../model/policies.ts';
import { parsed } from './kubernetes-fields.ts';

const LABEL_NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const LABEL_PREFIX = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const NO_KEY = 'write letters, digits, -, _ and ., at most 63, after a DNS name and / or without';
const NO_VALUE = 'is no label value: write at most 63 letters, digits, -, _ and .';

/** What selects everything. */
export const everything: LabelSelector = { matchLabels: {}, matchExpressions: [] };

const labelKey = z.string().refine(isLabelKey, { error: `is no label key: ${NO_KEY}` });
const labelValue = z.string().refine(value => value === '' || LABEL_NAME.test(value), { error: NO_VALUE });

const matchLabels = z.record(z.string(), labelValue).superRefine((labels, context) => {
  for (const key of Object.keys(labels))
    if (!isLabelKey(key))
      context.addIssue({ code: 'custom', message: `has the key '${key}', which is no label key: ${NO_KEY}` });
});

const requirement = z
  .strictObject({
    key: labelKey,
    operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
    values: z.array(labelValue).nullish(),
  })
  .transform(({ key, operator, values }, context): LabelRequirement => {
    const needsValues = operator === 'In' || operator === 'NotIn';
    if (needsValues && (values ?? []).length === 0)
      context.addIssue({
        code: 'custom',
        path: ['values'],
        message: `is empty: operator ${operator} needs a value`,
      });
    if (!needsValues && (values ?? []).length > 0)
      context.addIssue({
        code: 'custom',
        path: ['values'],
        message: `must be left out: operator ${operator} takes no values`,
      });
    return { key, operator, values: values ?? [] };
  });

export const labelSelector = z
  .strictObject({ matchLabels: matchLabels.nullish(), matchExpressions: z.array(requirement).nullish() })
  .transform((selector): LabelSelector => {
    return { matchLabels: selector.matchLabels ?? {}, matchExpressions: selector.matchExpressions ?? [] };
  });

export const network = parsed(parseNetwork);
export const portNumber = z.int().min(1).max(65_535);

/** Host bits are dropped, as Kubernetes does it in policies. */
function parseNetwork(text: string): Cidr {
  const slash = text.lastIndexOf('/');
  const bits = text.slice(slash + 1);
  const addr = tryParseAddr(text.slice(0, Math.max(slash, 0)));
  if (addr === undefined || !/^\d{1,3}$/.test(bits)) return parseCidr(text); // throws
  if (isIpv4(addr) && text.includes(':'))
    throw new RangeError('is an IPv4-mapped prefix: write it as an IPv4 prefix');
  return Number(bits) > (isIpv4(addr) ? 32 : 128) ? parseCidr(text) : cidrOf(addr, Number(bits));
}

function isLabelKey(key: string): boolean {
  const slash = key.indexOf('/');
  const prefix = key.slice(0, Math.max(slash, 0));
  const hasGoodPrefix = slash < 0 || (prefix.length <= 253 && LABEL_PREFIX.test(prefix));
  return hasGoodPrefix && LABEL_NAME.test(key.slice(slash + 1));
}
