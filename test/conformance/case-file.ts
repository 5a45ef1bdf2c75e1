// Reads case files: checked through and through, so that a file that is wrong is said to be so, not played.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { isIP } from 'node:net';
import * as z from 'zod';
import { endsOf } from '../support/policy/query-ends.ts';
import type { Case, Row } from '../support/policy/world.ts';

/** One sentence that names the file and what is wrong with it. */
export class CaseFileError extends Error {
  override readonly name = 'CaseFileError';
}

export interface CaseFile {
  /** Its last part only, for people. */
  readonly name: string;
  readonly cases: readonly Case[];
}

const FORMAT = 1;
const POLICY_BANKS = {
  NetworkPolicy: ['networking.k8s.io/v1'],
  ClusterNetworkPolicy: ['policy.networking.k8s.io/v1alpha2'],
} as const;

const name = z.string().min(1);
const labels = z.record(z.string(), z.string());
const ips = z.array(z.string().refine(text => isIP(text) !== 0, { error: 'is no IP address' })).min(1);
const protocol = z.enum(['TCP', 'UDP', 'SCTP']);
const port = z.int().min(0).max(65_535);
const family = z.union([z.literal(4), z.literal(6)]);

const policy = z
  .looseObject({
    apiVersion: z.string(),
    kind: z.enum(['NetworkPolicy', 'ClusterNetworkPolicy']),
    metadata: z.looseObject({ name, namespace: name.optional() }),
    spec: z.looseObject({}),
  })
  .refine(({ kind, apiVersion }) => (POLICY_BANKS[kind] as readonly string[]).includes(apiVersion), {
    error: 'is of an apiVersion that is not known',
  });

const policyCase = z.object({
  name,
  source: z.string().default(''),
  note: z
    .string()
    .nullish()
    .transform(text => text ?? undefined),
  sequence: z
    .object({ id: name, step: z.int().min(1), of: z.int().min(1), action: z.string().default('') })
    .nullish()
    .transform(value => value ?? undefined),
  namespaces: z.array(z.object({ name, labels: labels.default({}) })),
  pods: z.array(
    z.object({
      namespace: name,
      name,
      labels: labels.default({}),
      ips,
      node: name,
      ports: z.array(z.object({ name: name.optional(), port: port.min(1), protocol })).default([]),
      hostNetwork: z.boolean().optional(),
    }),
  ),
  externals: z.array(z.object({ name, ips })).default([]),
  nodes: z.array(z.object({ name, labels: labels.default({}), ips, unnamedIps: ips.optional() })).default([]),
  policies: z.array(policy),
  expect: z.array(
    z.object({ from: name, to: name, port, protocol, family: family.optional(), allowed: z.boolean() }),
  ),
});

const cases = z.array(policyCase).min(1);
const file = z.union([cases, z.object({ format: z.literal(FORMAT), cases }).transform(({ cases }) => cases)]);

export function readCaseFile(path: string): CaseFile {
  const value = parsed(path);
  // Which of the two forms it is decides whose words are of use when it is wrong.
  const inside = Array.isArray(value) || !isFormat(value) ? value : value.cases;
  const result = (Array.isArray(inside) ? cases : file).safeParse(inside);
  if (!result.success) throw new CaseFileError(`${path}: ${sentenceOf(result.error, inside)}`);
  const read: readonly Case[] = result.data;
  for (const each of read) checkReferences(path, each);
  return { name: basename(path, '.json'), cases: read };
}

function isFormat(value: unknown): value is { cases: unknown } {
  return typeof value === 'object' && value !== null && 'format' in value && value.format === FORMAT;
}

function parsed(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof SyntaxError ? `is no JSON: ${error.message}` : 'cannot be read';
    throw new CaseFileError(`${path} ${reason}`);
  }
}

function sentenceOf(error: z.ZodError, value: unknown): string {
  const issue = error.issues[0];
  const path = issue?.path ?? [];
  const index = path[0];
  const found = Array.isArray(value) && typeof index === 'number' ? (value[index] as unknown) : undefined;
  const title =
    typeof found === 'object' && found !== null && 'name' in found
      ? `case ${String(found.name)}: ${path.slice(1).join('.')}`
      : path.join('.');
  return `${title === '' ? 'the whole' : title} is wrong: ${issue?.message ?? 'unknown form'}`;
}

/** Rows speak of parties that are there, with addresses of their family. */
function checkReferences(path: string, each: Case): void {
  const checked = new Set<string>();
  for (const row of each.expect) {
    const key = `${row.from} ${row.to} ${row.family ?? 4}`;
    if (checked.has(key)) continue;
    checked.add(key);
    checkRow(path, each, row);
  }
}

function checkRow(path: string, each: Case, row: Row): void {
  try {
    const { from, to } = endsOf(each, row);
    if (from.isUnnamed || (to.isUnnamed && from.pod?.node !== to.node))
      throw new RangeError(
        `${row.from} → ${row.to}: only a pod of the node asks for an address without a name`,
      );
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CaseFileError(`${path}: case ${each.name}: ${error.message}`);
  }
}
