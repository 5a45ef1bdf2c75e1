// Test runs meet neither each other nor a lab and an installed daemon beside them.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import t from 'tap';
import { builtFile } from '../../../lab/installation.ts';
import { INSTALLED_PINS, installedNode } from '../../support/installed-node.ts';
import { outcomeOf } from '../../support/heddlectl.ts';
import { addressOf, podNamed, testLab } from '../../support/lab.ts';
import { steadyPing } from '../../support/steady-traffic.ts';
import { tracesOf } from '../../support/traces.ts';
import { until } from '../../support/until.ts';

const ISOLATE = resolve('scripts/isolate');
/** Both suites of labs and of loaded programs, with names and pins like those of an install. */
const FILES = [
  'test/e2e/lab/up-and-down.test.ts',
  'test/e2e/lab/cleanup-spares.test.ts',
  'test/bpf/pod-rx.test.ts',
];

/** Isolates from the run that this test is in. */
function outerEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, HEDDLE_ISOLATE_AGAIN: '1' };
}

function isolated(...argv: string[]): ChildProcess {
  return spawn(ISOLATE, argv, { stdio: ['ignore', 'pipe', 'pipe'], env: outerEnvironment() });
}

t.setTimeout(600_000);

t.test(
  'two runs at once lose no packet of a lab and of an installed daemon, nor disturb each other',
  async t => {
    const lab = await testLab(t, { podsPerNode: 1 });
    const node = await installedNode(t);
    const pings = [
      await steadyPing(t, podNamed(lab, 'n1-p1').netns, addressOf(podNamed(lab, 'n2-p1'), 'ipv4')),
      await steadyPing(t, node.netns, node.podAddress),
    ];
    const held = (): string[] => [
      ...tracesOf(lab.options.name),
      ...readdirSync(INSTALLED_PINS, { recursive: true }).map(String),
    ];
    const before = held();
    const runs = [1, 2].map(() => isolated(process.execPath, builtFile('scripts/run-tests.mjs'), ...FILES));
    for (const { code, stdout, stderr } of await Promise.all(runs.map(outcomeOf)))
      t.equal(code, 0, `a run in the middle passes: ${stdout}${stderr}`);
    for (const ping of pings) {
      t.ok(ping.answered() > 100, `${ping.answered()} pings were answered`);
      t.strictSame(await ping.stop(), [], 'and none was lost');
    }
    t.strictSame(held(), before, 'what was there is there');
  },
);

t.test('a command inside sees nothing of the outside, and the outside nothing of it', async t => {
  const node = await installedNode(t);
  const look =
    'find /run /sys/fs/bpf /var/lib/heddle -mindepth 1 -not -name "*.debug" -not -name heddle-isolated; ip -o link; ps -eo comm=';
  const leave = `ip netns add hd-inside; touch /tmp/hd-inside /run/hd-inside; mkdir /sys/fs/bpf/hd-inside
    ip link add hd-inside type veth peer name wire; hostname hd-inside`;
  const { code, stdout, stderr } = await outcomeOf(isolated('sh', '-ec', `${look}; ${leave}`));
  t.equal(code, 0, stderr);
  t.notMatch(stdout, /heddle|hd-|node|ping/, 'it sees no pin, no namespace, no daemon');
  for (const folder of ['/tmp', '/run', '/run/netns', '/sys/fs/bpf', '/sys/class/net'])
    t.notOk(readdirSync(folder).includes('hd-inside'), `nothing in ${folder}`);
  t.not(hostname(), 'hd-inside');
  t.ok(existsSync(node.netns));
});

t.test('a checkout below /tmp is seen inside', async t => {
  const folder = mkdtempSync('/tmp/heddle-checkout-');
  t.teardown(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'scripts'));
  cpSync(ISOLATE, join(folder, 'scripts/isolate'));
  const child = spawn('scripts/isolate', ['sh', '-c', 'pwd; ls; ls /tmp'], {
    cwd: folder,
    env: outerEnvironment(),
  });
  const { stdout } = await outcomeOf(child);
  t.equal(stdout, `${folder}\nscripts\n${folder.slice('/tmp/'.length)}\n`);
});

t.test('a variable does not switch it off', async t => {
  const env = { ...outerEnvironment(), HEDDLE_ISOLATED: '1' };
  const { stdout } = await outcomeOf(spawn(ISOLATE, ['readlink', '/proc/self/ns/net'], { env }));
  t.match(stdout, /^net:/);
  t.not(stdout.trim(), readlinkSync('/proc/self/ns/net'));
});

t.test('a cgroup hierarchy that is mounted elsewhere, as by Cilium, is no matter', async t => {
  const folder = mkdtempSync('/run/heddle-cgroup2-');
  t.teardown(() => rmSync(folder, { recursive: true }));
  const script = `mount -t cgroup2 none ${folder} && ${ISOLATE} true`;
  const child = spawn('unshare', ['--mount', 'sh', '-ec', script], { env: outerEnvironment() });
  const { code, stderr } = await outcomeOf(child);
  t.equal(code, 0, stderr);
});

t.test('it exits as its command does', async t => {
  t.equal((await outcomeOf(isolated('sh', '-c', 'exit 7'))).code, 7);
  t.equal((await outcomeOf(isolated('no-such-command'))).code, 127);
  const { code, stderr } = await outcomeOf(isolated());
  t.equal(code, 2);
  t.match(stderr, /usage: /);
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  t.test(`${signal} reaches the command, which may tidy up`, async t => {
    const child = isolated(
      'sh',
      '-c',
      `trap 'echo tidied; exit 3' ${signal.slice(3)}; echo begun; while :; do sleep 0.1; done`,
    );
    const ended = outcomeOf(child);
    await once(child.stdout ?? child, 'data');
    child.kill(signal);
    const { code, stdout } = await ended;
    t.equal(code, 3);
    t.match(stdout, 'tidied');
  });

/** A command line that nobody else has. */
const SLEEP = ['sleep', '86399'].join('\0');

t.test('killed outright, it takes everything along; the next run removes its cgroups', async t => {
  const child = isolated('sh', '-c', 'echo begun; sleep 86399');
  await once(child.stdout ?? child, 'data');
  t.ok(await until(() => isAnywhere(SLEEP)), 'its command runs');
  child.kill('SIGKILL');
  t.ok(await until(() => !isAnywhere(SLEEP)), 'its command is gone');
  t.equal((await outcomeOf(isolated('true'))).code, 0);
  const left = readdirSync('/sys/fs/cgroup').filter(name =>
    existsSync(join('/sys/fs/cgroup', name, `heddle-isolated-${child.pid ?? 0}`)),
  );
  t.strictSame(left, []);
});

t.test('without root it says so', async t => {
  const { code, stderr } = await outcomeOf(
    spawn('setpriv', ['--reuid', '65534', '--clear-groups', ISOLATE, 'true'], { env: outerEnvironment() }),
  );
  t.equal(code, 1);
  t.match(stderr, 'scripts/isolate: namespaces and BPF need root: use sudo');
});

function isAnywhere(command: string): boolean {
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  return pids.some(pid => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(command);
    } catch {
      return false; // it ended since it was listed
    }
  });
}
