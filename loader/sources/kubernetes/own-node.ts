// What this node's own Node object should say, and the one call that brings it nearer to that.
import * as z from 'zod';
import type { Addr } from 'ip';
import { patchNode, patchNodeStatus } from './api-calls.ts';
import type { ApiRequest } from './api-client.ts';

/** Facts that a node publishes on its Node object. */
export interface OwnNode {
  /** Empty: the annotation stays as it is, which may be an operator's. */
  readonly tunnelAddresses: readonly Addr[];
  /** Absent: the annotation stays as it is. */
  readonly uplink?: string;
  /** By name, of others' forms; null: it is to be absent. */
  readonly annotations?: Readonly<Record<string, string | null>>;
}

/** Keeps pods without a toleration away until the daemon is ready; set when the Node is created (kubelet flag, cloud). */
export const READINESS_TAINT = 'heddle.dev/not-ready';

const TYPE = 'NetworkUnavailable';
const AVAILABLE = {
  status: 'False',
  reason: 'HeddleIsUp',
  message: 'Heddle is running on this node',
} as const;

/** Why a pod added to this node would not work. */
export interface Unready {
  /** CamelCase, as a condition's reason must be. */
  readonly reason: string;
  readonly message: string;
}

const condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
  lastTransitionTime: z.string().nullish(),
});

const rawNode = z.object({
  metadata: z.object({
    name: z.string(),
    resourceVersion: z.string(),
    annotations: z.record(z.string(), z.string()).nullish(),
  }),
  spec: z.object({ taints: z.array(z.looseObject({ key: z.string() })).nullish() }).nullish(),
  status: z.object({ conditions: z.array(condition).nullish() }).nullish(),
});

/** As much of the Node as is written. */
export interface WrittenNode {
  readonly name: string;
  readonly resourceVersion: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** In the object's order, each whole. */
  readonly taints: readonly { readonly key: string }[];
  readonly condition: z.infer<typeof condition> | undefined;
}

/** Absent for what is no Node. */
export function writtenNode(raw: unknown): WrittenNode | undefined {
  const read = rawNode.safeParse(raw);
  if (!read.success) return undefined;
  const { metadata, spec, status } = read.data;
  return {
    name: metadata.name,
    resourceVersion: metadata.resourceVersion,
    annotations: metadata.annotations ?? {},
    taints: spec?.taints ?? [],
    condition: status?.conditions?.find(({ type }) => type === TYPE),
  };
}

/** What the Node is to say; without `unready` it is ready. */
export interface NodeFacts {
  readonly own: OwnNode | undefined;
  readonly unready: Unready | undefined;
}

/** Absent when nothing differs. The taint goes last, which pods wait for, and comes first. */
export function nextWrite(node: WrittenNode, { own, unready }: NodeFacts, now: Date): ApiRequest | undefined {
  if (unready !== undefined) return taintBack(node) ?? conditionWrite(node, unready, now);
  return annotationsWrite(node, own) ?? conditionWrite(node, undefined, now) ?? taintWrite(node);
}

/** Of Heddle's own names. */
export function publishedAnnotations({ tunnelAddresses, uplink }: OwnNode): Readonly<Record<string, string>> {
  return {
    ...(tunnelAddresses.length > 0 && { 'heddle.dev/tunnel-address': tunnelAddresses.join(',') }),
    ...(uplink !== undefined && { 'heddle.dev/uplink': uplink }),
  };
}

function annotationsWrite(node: WrittenNode, own: OwnNode | undefined): ApiRequest | undefined {
  const published = own === undefined ? {} : { ...publishedAnnotations(own), ...own.annotations };
  const different = Object.entries(published).filter(
    ([name, value]) => (node.annotations[name] ?? null) !== value,
  );
  if (different.length === 0) return undefined;
  const value = { metadata: { annotations: Object.fromEntries(different) } };
  return {
    call: patchNode,
    names: { name: node.name },
    body: { type: 'application/merge-patch+json', value },
  };
}

function conditionWrite(node: WrittenNode, unready: Unready | undefined, now: Date): ApiRequest | undefined {
  const { condition: found } = node;
  const desired = unready === undefined ? AVAILABLE : { status: 'True', ...unready };
  const isSameStatus = found?.status === desired.status;
  // what Heddle writes while it is ready is one sentence, and an older version's may be another
  const isSameMessage = unready === undefined || found?.message === desired.message;
  if (isSameStatus && found.reason === desired.reason && isSameMessage) return undefined;
  const time = `${now.toISOString().slice(0, 19)}Z`; // metav1.Time has no fractions
  const lastTransitionTime = (isSameStatus ? found.lastTransitionTime : undefined) ?? time;
  // conditions are merged by type: the others stay
  const value = {
    status: { conditions: [{ type: TYPE, ...desired, lastHeartbeatTime: time, lastTransitionTime }] },
  };
  return {
    call: patchNodeStatus,
    names: { name: node.name },
    body: { type: 'application/strategic-merge-patch+json', value },
  };
}

/** The `test` operation fails the patch if anything of the Node was changed meanwhile. */
function taintBack(node: WrittenNode): ApiRequest | undefined {
  if (node.taints.some(({ key }) => key === READINESS_TAINT)) return undefined;
  const taint = { key: READINESS_TAINT, effect: 'NoSchedule' };
  const added =
    node.taints.length === 0
      ? { op: 'add', path: '/spec/taints', value: [taint] }
      : { op: 'add', path: '/spec/taints/-', value: taint };
  return {
    call: patchNode,
    names: { name: node.name },
    body: {
      type: 'application/json-patch+json',
      value: [{ op: 'test', path: '/metadata/resourceVersion', value: node.resourceVersion }, added],
    },
  };
}

/** With whatever effect, from the last one on, so that places stay; `test` fails the whole patch if the list was changed meanwhile. */
export function taintWrite(node: WrittenNode): ApiRequest | undefined {
  const value = node.taints
    .flatMap((taint, at) => (taint.key === READINESS_TAINT ? [{ taint, path: `/spec/taints/${at}` }] : []))
    .reverse()
    .flatMap(({ taint, path }) => [
      { op: 'test', path, value: taint },
      { op: 'remove', path },
    ]);
  if (value.length === 0) return undefined;
  return {
    call: patchNode,
    names: { name: node.name },
    body: { type: 'application/json-patch+json', value },
  };
}
