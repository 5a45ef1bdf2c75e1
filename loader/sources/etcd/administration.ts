// What an operator does to a cluster in etcd: its ranges, its objects, and nodes that are gone for good.
import { isDeepStrictEqual } from 'node:util';
import { deleteOperation, isAbsent, oneKey, prefixRange, putOperation, type EtcdClient } from 'etcd';
import * as z from 'zod';
import { HeddleError } from '../../errors.ts';
import { kindSpec, operatorKinds, type ObjectKind, type ObjectName } from '../../model/kinds.ts';
import { problemOf } from '../objects/field-problem.ts';
import type { ClusterObject } from '../objects/cluster-object.ts';
import { readObject } from '../objects/read-object.ts';
import { clusterRanges } from './cluster-ranges.ts';
import { MAX_OPERATIONS } from './connection.ts';
import type { Keys } from './keys.ts';
import { readSnapshot } from './snapshot.ts';

/** As it lies in etcd. */
export interface StoredObject {
  readonly kind: ObjectKind;
  readonly namespace?: string;
  readonly name: string;
  readonly object: unknown;
}

export type InitOutcome = 'initialised' | 'unchanged';

/** Throws `INVALID_REQUEST` when the ranges are none, or the cluster has others already. */
export async function initCluster(etcd: EtcdClient, keys: Keys, ranges: unknown): Promise<InitOutcome> {
  const checked = clusterRanges.safeParse(ranges);
  if (!checked.success) throw invalid(problemOf('the cluster', checked.error, ranges).sentence);
  const text = JSON.stringify(checked.data);
  const succeeded = await etcd.commit({
    conditions: [isAbsent(keys.cluster)],
    operations: [putOperation(keys.cluster, text)],
  });
  if (succeeded) return 'initialised';
  const there = valueOf((await etcd.get(keys.cluster))?.value ?? 'null');
  if (isDeepStrictEqual(there, checked.data)) return 'unchanged';
  throw invalid(
    `the cluster has ${JSON.stringify(there)} already, and nodes may live by it: delete ${keys.cluster} in etcd when none does`,
  );
}

/** Of one kind, or of all. */
export async function listObjects(etcd: EtcdClient, keys: Keys, kind?: ObjectKind): Promise<StoredObject[]> {
  const below = kind === undefined ? keys.objects : keys.objectsOf(kind);
  const { entries } = await readSnapshot(etcd, below);
  return [...entries].map(([key, text]) => {
    const [kind = '', ...rest] = key.slice(keys.objects.length).split('/');
    const [name = '', namespace] = rest.reverse();
    return {
      kind: kind as ObjectKind,
      name,
      object: valueOf(text),
      ...(namespace !== undefined && { namespace }),
    };
  });
}

/** What is not JSON is its own text. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export interface CheckedObject {
  readonly object: StoredObject;
  /** What of it is not honoured, a sentence each. */
  readonly problems: readonly string[];
}

/** The objects of one document, checked. Throws `INVALID_REQUEST` with what is wrong with which field. */
export function checkedObjects(value: unknown): CheckedObject[] {
  const list = someList.safeParse(value);
  if (list.success) return itemsOf(list.data).flatMap(checkedObjects);
  const read = readObject(value, 'written');
  if (!('objects' in read)) throw invalid(read.problem.sentence);
  const problems = read.problems.map(({ sentence }) => sentence);
  return read.objects.map(one => ({ object: storedOf(one, value), problems }));
}

const someList = z.object({
  kind: z.string().regex(/List$/),
  apiVersion: z.string(),
  items: z.array(z.looseObject({})),
});

/** Each with apiVersion and kind, as it is stored; items of a PodList lack them. */
function itemsOf({ kind, apiVersion, items }: z.infer<typeof someList>): object[] {
  const itemKind = kind.slice(0, -'List'.length);
  return items.map(item => ({ ...(itemKind !== '' && { apiVersion, kind: itemKind }), ...item }));
}

/** All of them in one transaction, or none; which of them are news to etcd. */
export async function applyObjects(
  etcd: EtcdClient,
  keys: Keys,
  objects: readonly StoredObject[],
): Promise<('created' | 'configured' | 'unchanged')[]> {
  const entries = objects.map(one => [keys.object(one.kind, one), JSON.stringify(one.object)] as const);
  const stored = await Promise.all(entries.map(([key]) => etcd.get(key)));
  const before = stored.map(one => one?.value);
  const changed = entries.filter(([, text], i) => before[i] !== text);
  const puts = changed.map(([key, text]) => putOperation(key, text));
  if (puts.length > MAX_OPERATIONS)
    throw invalid(`${puts.length} objects change, and etcd takes ${MAX_OPERATIONS} in one step: apply fewer`);
  if (puts.length > 0) await etcd.commit({ operations: puts });
  return entries.map(([, text], i) => {
    if (before[i] === undefined) return 'created';
    return before[i] === text ? 'unchanged' : 'configured';
  });
}

/** False: there was none. */
export async function deleteObject(
  etcd: EtcdClient,
  keys: Keys,
  object: { readonly kind: ObjectKind } & ObjectName,
): Promise<boolean> {
  return (await etcd.delete(oneKey(keys.object(object.kind, object)))) > 0;
}

/** Its pod CIDR is free for another then. False: there was none. Throws `INVALID_REQUEST` while its daemon runs. */
export async function deleteNode(etcd: EtcdClient, keys: Keys, node: string): Promise<boolean> {
  const slot = (await etcd.get(keys.claim(node)))?.value;
  const object = keys.object('Node', { name: node });
  const gone = [...(slot === undefined ? [] : [keys.slot(Number(slot))]), keys.claim(node), object].map(
    oneKey,
  );
  const isKnown = (await etcd.get(object)) !== undefined;
  const succeeded = await etcd.commit({
    conditions: [isAbsent(keys.alive(node))],
    operations: [...gone, prefixRange(keys.podsOf(node))].map(deleteOperation),
  });
  if (!succeeded)
    throw invalid(`the daemon of node ${node} is running, and would take another place: stop it first`);
  return isKnown || slot !== undefined;
}

function storedOf({ kind, object }: ClusterObject, raw: unknown): StoredObject {
  const { author, scope } = kindSpec(kind);
  if (author !== 'operator')
    throw invalid(`a ${kind} is written by the node itself: apply ${operatorKinds.join(', ')}`);
  const { name, namespace }: ObjectName = object;
  return { kind, name, object: raw, ...(scope === 'namespace' && namespace !== undefined && { namespace }) };
}

function invalid(sentence: string): HeddleError {
  return new HeddleError('INVALID_REQUEST', sentence);
}
