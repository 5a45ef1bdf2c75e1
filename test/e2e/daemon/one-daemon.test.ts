// One daemon a network namespace, whatever paths it has, and one a set of pins or records, whatever namespace it is in.
//
// The kind: two daemons meet that share something, or somebody without root keeps the only one away.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import t, { type Test } from 'tap';
import { runDaemon, scratchConfig, scratchNode, type ScratchNode } from '../../support/scratch-daemon.ts';
import { until } from '../../support/until.ts';

t.setTimeout(300_000);

const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'];

/** Scripts of a process without root. */
const SQUATTERS = {
  'listens under the name': 'require("net").createServer().listen("\\0heddled", () => console.log("here"))',
  'never accepts, and its backlog is full':
    'const s = require("net").createServer().listen({path: "\\0heddled", backlog: 1}, () => {' +
    ' for (let i = 0; i < 4; i++) require("net").connect("\\0heddled").on("error", () => {}); console.log("here");' +
    ' setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 300) })',
  'listens under every other name, too':
    'const net = require("net"); for (const n of ["", "/0", "/ffff", "d", "\\0"])' +
    ' net.createServer().on("error", () => {}).listen("\\0heddled" + n); setTimeout(() => console.log("here"), 300)',
};

async function squat(t: Test, node: ScratchNode, script: string): Promise<void> {
  const argv = [`--net=${node.netns}`, ...NOBODY, process.execPath, '-e', script];
  const child = spawn('nsenter', argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
}

/** One that runs until the test ends. */
async function running(
  t: Test,
  node: ScratchNode,
  config: object,
): Promise<{ readonly log: () => string; readonly stop: () => Promise<number | null> }> {
  const stop = new AbortController();
  let log = '';
  const run = runDaemon(node, config, {
    stop: stop.signal,
    until: printed => {
      log = printed;
      return false;
    },
  });
  const end = async (): Promise<number | null> => {
    stop.abort();
    return (await run).code;
  };
  t.ok(await until(() => log.includes('"msg":"ready"')), 'it is ready');
  return { log: () => log, stop: end };
}

for (const [title, script] of Object.entries(SQUATTERS))
  t.test(`a process without root ${title}: the daemon starts, and still refuses a second one`, async t => {
    const node = scratchNode(t);
    await squat(t, node, script);
    const config = scratchConfig(node);
    const first = await running(t, node, config);
    if (!title.includes('backlog'))
      t.match(first.log(), /user 65534 listens under the daemon's abstract name/);
    const other = {
      stateDir: `${node.directory}/s2`,
      runDir: `${node.directory}/r2`,
      pinRoot: `${node.pinRoot}-2`,
    };
    for (const settings of [config, { ...config, ...other }]) {
      const second = await runDaemon(node, settings);
      t.match(second.stderr, /another daemon \(pid \d+\) at .* runs in this network namespace/);
      t.equal(second.code, 1);
    }
    t.equal(await first.stop(), 0);
    const next = await runDaemon(node, config, { until: printed => printed.includes('"msg":"ready"') });
    t.equal(next.code, 0, 'the next one starts');
  });

t.test('daemons of two namespaces do not disturb each other, unless they share pins or records', async t => {
  const [one, two] = [scratchNode(t), scratchNode(t)];
  const first = await running(t, one, scratchConfig(one));
  for (const [what, shared] of Object.entries({
    pins: { pinRoot: one.pinRoot },
    records: { stateDir: `${one.directory}/state` },
  })) {
    const second = await runDaemon(two, { ...scratchConfig(two), ...shared });
    t.match(second.stderr, /another daemon, of another network namespace, uses /, what);
    t.equal(second.code, 1);
    t.ok(existsSync(`${one.directory}/state/attachments`), 'its records stay where they are');
    t.ok(existsSync(`${one.pinRoot}/maps/hd_route`), 'and its pins');
  }
  const second = await running(t, two, scratchConfig(two));
  t.equal(await second.stop(), 0);
  t.equal(await first.stop(), 0);
});

t.test('a daemon that is stopped (SIGSTOP) is another daemon, too', async t => {
  const node = scratchNode(t);
  const config = scratchConfig(node);
  const first = await running(t, node, config);
  const refused = await runDaemon(node, config);
  const pid = Number(/\(pid (\d+)\)/.exec(refused.stderr)?.[1]);
  if (!(pid > 1)) throw new Error(`no pid in: ${refused.stderr}`);
  process.kill(pid, 'SIGSTOP');
  const second = await runDaemon(node, {
    ...config,
    stateDir: `${node.directory}/s2`,
    pinRoot: `${node.pinRoot}-2`,
  });
  t.match(second.stderr, /another daemon runs in this network namespace/);
  process.kill(pid, 'SIGCONT');
  t.equal(await first.stop(), 0);
});
