// A manifests directory of its own for a test, and a source that watches it.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { emptyCluster, type ClusterState } from '../../../loader/model/objects.ts';
import {
  ManifestsSource,
  type ManifestsOptions,
} from '../../../loader/sources/manifests/manifests-source.ts';

export function temporaryDirectory(t: Test): string {
  const path = mkdtempSync(join(tmpdir(), 'heddle-manifests-'));
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Whole or not at all, as good writers do it. */
export function put(directory: string, name: string, text: string): void {
  writeFileSync(join(directory, `.${name}.new`), text);
  renameSync(join(directory, `.${name}.new`), join(directory, name));
}

export interface Watched {
  readonly source: ManifestsSource;
  /** What was emitted last. */
  readonly state: () => ClusterState;
  readonly problems: () => readonly string[];
  /** How many states were emitted. */
  readonly told: () => number;
  /** Resolves when the last emitted state satisfies the condition; fails the test after five seconds. */
  readonly until: (condition: (state: ClusterState, problems: readonly string[]) => boolean) => Promise<void>;
}

export async function watched(t: Test, options: ManifestsOptions): Promise<Watched> {
  const source = new ManifestsSource({ gatherMs: 5, ...options });
  t.teardown(() => source.stop());
  let state = emptyCluster;
  let problems: readonly string[] = [];
  let told = 0;
  await source.start((nextState, nextProblems) => {
    state = nextState;
    problems = nextProblems;
    told++;
  });
  const until: Watched['until'] = async condition => {
    for (const deadline = Date.now() + 60_000; Date.now() < deadline;) {
      if (condition(state, problems)) {
        t.pass('it came true');
        return;
      }
      await sleep(5);
    }
    throw new Error(`never came true; ${state.pods.size} pods, problems: ${problems.join('; ')}`);
  };
  return { source, state: () => state, problems: () => problems, told: () => told, until };
}

export function podText(name: string, more: { ip?: string; node?: string; uid?: string } = {}): string {
  const { ip, node = 'a', uid } = more;
  return [
    'apiVersion: v1',
    'kind: Pod',
    'metadata:',
    `  name: ${name}`,
    ...(uid === undefined ? [] : [`  uid: ${uid}`]),
    `spec: { nodeName: ${node} }`,
    ...(ip === undefined ? [] : [`status: { phase: Running, podIPs: [{ ip: "${ip}" }] }`]),
    '',
  ].join('\n');
}
