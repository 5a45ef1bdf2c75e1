// The stand-in API server with a large cluster of realistic pods, as a process of its own that changes them when it is told:
// `changing-api-server ADDRESS FOLDER NODES PODS-PER-NODE OWN-NODE`, the last one as JSON; a line on standard input, `COUNT PER-SECOND`, is one run of changes.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { StandInApiServer } from '../../support/api-server/api-server.ts';
import { kubeconfig } from '../../support/api-server/kubeconfig.ts';
import { changedPod, type ClusterDocument, farPod, realisticObjects } from './cluster-manifests.ts';

/** What a run of changes was; answered as a line of JSON. */
export interface ChangeRun {
  /** CLOCK_MONOTONIC of each in milliseconds, when the server began to send it. */
  readonly atMs: readonly number[];
  /** By all connections, TLS included, until a moment after the last change. */
  readonly bytes: number;
}

export interface ServerUp {
  /** Of one pod, JSON. */
  readonly podBytes: number;
}

const DRAIN_MS = 500;
const NS_PER_MS = 1e6;

const [address = '', folder = '', nodesText, podsText, ownNode = ''] = process.argv.slice(2);
const size = { nodes: Number(nodesText), podsPerNode: Number(podsText) };
const server = new StandInApiServer(address);
for (const object of [JSON.parse(ownNode) as ClusterDocument, ...realisticObjects(size)])
  server.collections.put(object);
await server.comeUp();
const token = join(folder, 'token');
writeFileSync(token, 'first-token');
writeFileSync(join(folder, 'kubeconfig'), kubeconfig(server.url, token));
answer({ podBytes: JSON.stringify(farPod(0, 0)).length } satisfies ServerUp);

for await (const line of createInterface(process.stdin)) {
  const [count = 0, perSecond = 1] = line.split(' ').map(Number);
  answer(await change(count, perSecond));
}

/** Each at its time, whatever the ones before took. */
async function change(count: number, perSecond: number): Promise<ChangeRun> {
  const before = server.bytesSent;
  const start = nowMs();
  const atMs: number[] = [];
  for (let i = 0; i < count; i++) {
    const waitMs = start + (i * 1_000) / perSecond - nowMs();
    if (waitMs > 0) await sleep(waitMs);
    const changed = changedPod(size, i);
    atMs.push(nowMs());
    server.collections.put(changed);
  }
  await sleep(DRAIN_MS);
  return { atMs, bytes: server.bytesSent - before };
}

function nowMs(): number {
  return Number(process.hrtime.bigint()) / NS_PER_MS;
}

function answer(object: object): void {
  process.stdout.write(`${JSON.stringify(object)}\n`);
}
