// A start with other directories is killed while it takes things along, and the next start has the new settings, or the former
// ones again: what was kept is where the settings say, and nothing is anywhere else.
//
// Kind: work of several steps whose plan only its end records. Examples: killed before anything is moved, between two files, between
// the files and the pins, after everything and before the record is.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { installationFile } from '../../../loader/agent/installation.ts';
import { runDaemon, scratchConfig, scratchNode, type ScratchNode } from '../../support/scratch-daemon.ts';
import { until } from '../../support/until.ts';

t.setTimeout(900_000);

/** What takes things along: which of these calls is the last that the process makes. */
const CALLS = 'rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,symlink,symlinkat';
const KILLED_AT = [2, 6, 12, 24];

interface Place {
  readonly pinRoot: string;
  readonly stateDir: string;
  readonly runDir: string;
}

function placesOf(node: ScratchNode): Readonly<Record<'former' | 'latter', Place>> {
  const { directory, pinRoot } = node;
  return {
    former: { pinRoot, stateDir: join(directory, 'state'), runDir: join(directory, 'run') },
    latter: {
      pinRoot: `${pinRoot}-2`,
      stateDir: join(directory, 'state-2'),
      runDir: join(directory, 'run-2'),
    },
  };
}

/** Stands for what only the state directory knows. */
function kept(place: Place): string {
  return join(place.stateDir, 'damaged', 'kept.json');
}

async function runUntilDone(t: Test, node: ScratchNode, place: Place): Promise<void> {
  const stop = new AbortController();
  let isReady = false;
  const run = runDaemon(
    node,
    { ...scratchConfig(node), ...place },
    {
      stop: stop.signal,
      until: printed => {
        isReady ||= printed.includes('"msg":"ready"');
        return false;
      },
    },
  );
  const isDone = (): boolean =>
    isReady && (JSON.parse(readFileSync(installationFile(place.stateDir), 'utf8')) as unknown[]).length === 1;
  await Promise.race([run, until(isDone)]);
  stop.abort();
  const { code, stdout, stderr } = await run;
  t.equal(code, 0, `${stdout}${stderr}`);
}

/** True if it came so far. */
async function runKilled(node: ScratchNode, place: Place, at: number): Promise<boolean> {
  const options = ['-e', `trace=${CALLS}`, '-e', `inject=${CALLS}:signal=SIGKILL:when=${at}`];
  const { code } = await runDaemon(
    node,
    { ...scratchConfig(node), ...place },
    {
      prefix: ['strace', '-o', '/dev/null', ...options],
      until: printed => printed.includes('"msg":"ready"'),
    },
  );
  return code !== 0;
}

function assertOnlyAt(t: Test, place: Place, other: Place): void {
  t.ok(existsSync(kept(place)), 'what was kept is there');
  t.ok(readdirSync(join(place.pinRoot, 'maps')).length > 0, 'so are the pins');
  for (const folder of Object.values(other) as string[])
    t.notOk(existsSync(folder), `${folder} is gone: ${existsSync(folder) ? readdirSync(folder).join() : ''}`);
}

for (const at of KILLED_AT)
  for (const next of ['former', 'latter'] as const)
    t.test(`killed at call ${at}, and started with the ${next} settings`, async t => {
      const node = scratchNode(t);
      const places = placesOf(node);
      t.teardown(() => rmSync(places.latter.pinRoot, { recursive: true, force: true }));
      mkdirSync(join(places.former.stateDir, 'damaged'), { recursive: true, mode: 0o700 });
      writeFileSync(kept(places.former), '{}');
      await runUntilDone(t, node, places.former);
      t.ok(await runKilled(node, places.latter, at), 'it was killed');
      await runUntilDone(t, node, places[next]);
      assertOnlyAt(t, places[next], places[next === 'former' ? 'latter' : 'former']);
    });
