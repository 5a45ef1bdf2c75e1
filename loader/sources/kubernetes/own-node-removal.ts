// Takes back what the daemon has written to its Node object: for cleanup, which leaves a node without a network.
import * as z from 'zod';
import { overlayMac } from '../../model/derived-macs.ts';
import { flannelNames, parseVtep } from '../../model/flannel-annotations.ts';
import { noFlannelAnnotations } from '../../model/flannel-own-node.ts';
import { patchNode, patchNodeStatus, watchedResources } from './api-calls.ts';
import { ApiClient, type ApiRequest } from './api-client.ts';
import { failureOf } from './api-failure.ts';
import { ClusterAccess } from './cluster-access.ts';
import {
  publishedAnnotations,
  READINESS_TAINT,
  taintWrite,
  writtenNode,
  type OwnNode,
  type WrittenNode,
} from './own-node.ts';

export interface OwnNodeOptions {
  readonly nodeName: string;
  /** File; absent: the service account of the pod that this process is. */
  readonly kubeconfig?: string;
  /** What the daemon has published. */
  readonly own: OwnNode;
  /** Prefix of flannel's annotations, which go as a whole if they name this node's own VTEP. */
  readonly flannelPrefix: string;
}

/** Of every reason that the daemon gives for its condition. */
const REASON_PREFIX = 'Heddle';
/** Also an API server that hangs is waited for no longer. */
const ANSWER_MS = 5_000;
/** Another writer came in between: flannel, that starts here again, or the kubelet. 422: the `test` of a JSON patch failed. */
const CONFLICTS: ReadonlySet<number | undefined> = new Set([409, 422]);
const MAX_ATTEMPTS = 5;
const nodeList = z.object({ items: z.array(z.unknown()) });

/** A name of each thing that was removed. Rejects when the API server cannot be reached, or refuses. */
export async function removeOwnNode({
  nodeName,
  kubeconfig,
  own,
  flannelPrefix,
}: OwnNodeOptions): Promise<readonly string[]> {
  using access = await ClusterAccess.open(kubeconfig);
  const client = new ApiClient(access, ANSWER_MS, new AbortController().signal);
  const removed: string[] = [];
  for (let attempt = 1; ; attempt++) {
    const node = await readNode(client, nodeName);
    if (node === undefined) return removed;
    // flannel's first: its request holds for the version that was read, and the others make a new one
    const removals = [
      ...flannelRemoval(node, flannelPrefix),
      ...conditionRemoval(node),
      ...annotationsRemoval(node, own),
      ...taintRemoval(node),
    ];
    try {
      for (const { what, request } of removals) {
        await client.send(request);
        removed.push(what);
      }
      return removed;
    } catch (error) {
      if (!CONFLICTS.has(failureOf(error).status) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

async function readNode(client: ApiClient, nodeName: string): Promise<WrittenNode | undefined> {
  const call = watchedResources.find(({ kind }) => kind === 'Node')?.list;
  if (call === undefined) return undefined;
  const query = { fieldSelector: `metadata.name=${nodeName}` };
  const { items } = nodeList.parse(await client.send({ call, query }));
  return items.map(writtenNode).find(node => node?.name === nodeName);
}

interface Removal {
  readonly what: string;
  readonly request: ApiRequest;
}

/** The condition is removed if the daemon wrote it: without a network, "available" is untrue. */
function conditionRemoval({ name, condition }: WrittenNode): Removal[] {
  if (condition?.reason?.startsWith(REASON_PREFIX) !== true) return [];
  const value = { status: { conditions: [{ type: condition.type, $patch: 'delete' }] } };
  const body = { type: 'application/strategic-merge-patch+json', value };
  return [{ what: `condition ${condition.type}`, request: { call: patchNodeStatus, names: { name }, body } }];
}

/**
 * The daemon puts it on a node that is not ready, and nobody else takes it away: no pod would come to this node again. While it has no
 * network the kubelet says so.
 */
function taintRemoval(node: WrittenNode): Removal[] {
  const request = taintWrite(node);
  return request === undefined ? [] : [{ what: `taint ${READINESS_TAINT}`, request }];
}

/** flannel that runs here again has written its own VTEP, or is about to: the server refuses what is older than that. */
function flannelRemoval({ name, annotations, resourceVersion }: WrittenNode, prefix: string): Removal[] {
  const { ipv4, ipv6 } = flannelNames(prefix).families;
  const isOurs = [ipv4, ipv6].some(({ data }) => macOf(annotations[data]) === overlayMac(name));
  if (!isOurs) return [];
  const names = Object.keys(noFlannelAnnotations(prefix)).filter(each => each in annotations);
  const gone = Object.fromEntries(names.map(each => [each, null]));
  const body = {
    type: 'application/merge-patch+json',
    value: { metadata: { resourceVersion, annotations: gone } },
  };
  return [{ what: `annotations ${names.join(', ')}`, request: { call: patchNode, names: { name }, body } }];
}

function macOf(text: string | undefined): string | undefined {
  try {
    return parseVtep(text)?.mac;
  } catch {
    return undefined; // not what the daemon writes
  }
}

/** Only with the daemon's own values: another one is an operator's. */
function annotationsRemoval({ name, annotations }: WrittenNode, own: OwnNode): Removal[] {
  const ours = Object.entries(publishedAnnotations(own)).filter(([key, value]) => annotations[key] === value);
  if (ours.length === 0) return [];
  const value = { metadata: { annotations: Object.fromEntries(ours.map(([key]) => [key, null])) } };
  const body = { type: 'application/merge-patch+json', value };
  const what = `annotations ${ours.map(([key]) => key).join(', ')}`;
  return [{ what, request: { call: patchNode, names: { name }, body } }];
}
