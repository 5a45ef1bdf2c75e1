// A real server on a socket of its own, gone when the test is.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { ApiServer } from '../../../loader/api/server.ts';
import { MemoryAttacher } from './memory-attacher.ts';
import { MemoryView } from './memory-view.ts';

export interface Served {
  readonly attacher: MemoryAttacher;
  readonly view: MemoryView;
  readonly server: ApiServer;
  readonly socketPath: string;
}

export function scratchFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), `heddle-api-${process.pid}-`));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function serve(t: Test): Promise<Served> {
  const attacher = new MemoryAttacher();
  const view = new MemoryView();
  const socketPath = join(scratchFolder(t), 'heddled.sock');
  const server = await ApiServer.start({ socketPath, attacher, view });
  t.teardown(() => server.stop());
  return { attacher, view, server, socketPath };
}
