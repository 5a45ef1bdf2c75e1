// A real server on a socket of its own, gone when the test is.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { ApiServer, type ServerOptions } from '../../../loader/api/server.ts';
import { emptyCluster, type ClusterState } from '../../../loader/model/objects.ts';
import { AppliedPolicies } from '../../../loader/sources/applied/applied-policies.ts';
import { MemoryAttacher } from './memory-attacher.ts';
import { MemoryEvents } from './memory-events.ts';
import { MemorySource } from './memory-source.ts';
import { MemoryView } from './memory-view.ts';

export interface Served {
  readonly attacher: MemoryAttacher;
  readonly view: MemoryView;
  readonly events: MemoryEvents;
  /** Beside which policies can be applied. */
  readonly source: MemorySource;
  /** The state that the source has emitted last. */
  readonly observed: () => { readonly state: ClusterState; readonly problems: readonly string[] };
  readonly server: ApiServer;
  readonly socketPath: string;
}

export function scratchFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), `heddle-api-${process.pid}-`));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** `policyFolder`: where an earlier server may have left policies. */
export async function serve(
  t: Test,
  policyFolder = join(scratchFolder(t), 'policies'),
  observers: Pick<ServerOptions, 'observeCni' | 'onPolicyAct'> = {},
): Promise<Served> {
  const attacher = new MemoryAttacher();
  const view = new MemoryView();
  const source = new MemorySource();
  const policies = new AppliedPolicies(source, policyFolder);
  let last: ReturnType<Served['observed']> = { state: emptyCluster, problems: [] };
  await policies.start((state, problems) => (last = { state, problems }));
  const socketPath = join(scratchFolder(t), 'heddled.sock');
  const events = new MemoryEvents();
  const world = { cluster: () => last.state, localPods: () => [...last.state.pods.keys()] };
  const server = await ApiServer.start({
    socketPath,
    attacher,
    view,
    policies,
    policyContext: world,
    events,
    ...observers,
  });
  t.teardown(() => server.stop());
  return { attacher, view, events, source, observed: () => last, server, socketPath };
}
