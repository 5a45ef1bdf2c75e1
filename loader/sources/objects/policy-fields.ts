// Fields that both kinds of policy share: label selectors, networks and port numbers, as the API server checks them.
import * as z from 'zod';
import { parseCidr, type Cidr, parseCidrSloppy } from 'ip';
import type { LabelRequirement, LabelSelector } from '../../model/policies.ts';
import { UNKNOWN_FIELD } from './field-problem.ts';
import { parsed } from './kubernetes-fields.ts';
import { UNREADABLE } from './partial-read.ts';

const LABEL_NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const LABEL_PREFIX = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const NO_KEY = 'write letters, digits, -, _ and ., at most 63, after a DNS name and / or without';
const NO_VALUE = 'is no label value: write at most 63 letters, digits, -, _ and .';

/** What selects everything. */
export const everything: LabelSelector = { matchLabels: {}, matchExpressions: [] };

/** `written` for new objects; `stored` for what a server of any version has accepted. */
export type Strictness = 'written' | 'stored';

/**
 * A schema that may meet a hole: there its answer is `fallback`. Its issues stay what they are, so that the path of what is
 * wrong leads on into it.
 */
export function orUnreadable<T>(schema: z.ZodType<T>, fallback: NoInfer<T>): z.ZodType<T> {
  const holed = z.unknown().transform((value, context): T => {
    if (value === UNREADABLE) return fallback;
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    for (const issue of result.error.issues) context.addIssue(aborting(issue));
    return z.NEVER;
  });
  // a transform makes its field one that must be there
  return schema.safeParse(undefined).success ? (holed.optional() as unknown as z.ZodType<T>) : holed;
}

/** A transform around it must not run; zod runs it after issues of unknown fields alone. */
function aborting(issue: z.core.$ZodIssue): Parameters<z.RefinementCtx['addIssue']>[0] & object {
  const path = [...issue.path];
  if (issue.code !== 'unrecognized_keys') return { ...issue, path, continue: false };
  path.push(issue.keys[0] ?? '');
  return { code: 'custom', message: UNKNOWN_FIELD, path, continue: false };
}

const labelKey = z.string().refine(isLabelKey, { error: `is no label key: ${NO_KEY}` });
const labelValue = z.string().refine(value => value === '' || LABEL_NAME.test(value), { error: NO_VALUE });

const matchLabels = z.record(z.string(), labelValue).superRefine((labels, context) => {
  for (const key of Object.keys(labels))
    if (!isLabelKey(key))
      context.addIssue({ code: 'custom', message: `has the key '${key}', which is no label key: ${NO_KEY}` });
});

/** What no label can be is compared all the same, and selects what it says: nothing, or for NotIn everything. */
const forms = {
  written: { matchLabels, key: labelKey, value: labelValue },
  stored: { matchLabels: z.record(z.string(), z.string()), key: z.string(), value: z.string() },
} as const;

function selectorOf(strictness: Strictness): z.ZodType<LabelSelector> {
  const form = forms[strictness];
  const requirement = z
    .strictObject({
      key: form.key,
      operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
      values: z.array(form.value).nullish(),
    })
    .transform(({ key, operator, values }, context): LabelRequirement => {
      const needsValues = operator === 'In' || operator === 'NotIn';
      const refuse = (message: string): void =>
        context.addIssue({ code: 'custom', path: ['values'], message });
      if (needsValues && (values ?? []).length === 0) refuse(`is empty: operator ${operator} needs a value`);
      if (!needsValues && (values ?? []).length > 0)
        refuse(`must be left out: operator ${operator} takes no values`);
      return { key, operator, values: values ?? [] };
    });
  return z
    .strictObject({
      matchLabels: form.matchLabels.nullish(),
      matchExpressions: z.array(requirement).nullish(),
    })
    .transform((selector): LabelSelector => {
      return { matchLabels: selector.matchLabels ?? {}, matchExpressions: selector.matchExpressions ?? [] };
    });
}

export const labelSelector = { written: selectorOf('written'), stored: selectorOf('stored') } as const;

export const network = parsed(parseNetwork);
export const portNumber = z.int().min(1).max(65_535);

/** Parsed as the API server does; errors are those of the strict parser. */
function parseNetwork(text: string): Cidr {
  return parseCidrSloppy(text) ?? parseCidr(text);
}

function isLabelKey(key: string): boolean {
  const slash = key.indexOf('/');
  const prefix = key.slice(0, Math.max(slash, 0));
  const hasGoodPrefix = slash < 0 || (prefix.length <= 253 && LABEL_PREFIX.test(prefix));
  return hasGoodPrefix && LABEL_NAME.test(key.slice(slash + 1));
}
