// The packages as somebody installs them: packed, in an empty folder, compiled strictly, run on every release of Node that they support.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import t, { type Test } from 'tap';
import { linkIds } from 'libbpf-ts';
import { testNetns } from '../../packages/libbpf-ts/test/support/netns.ts';
import { Consumer, readmeSource } from '../support/packages/consumer.ts';
import { RunningProgram } from '../support/packages/program.ts';
import { until } from '../support/until.ts';

t.setTimeout(600_000);

const EXAMPLES = ['blocklist', 'connections', 'execs', 'lengths', 'tasks'];
const FETCHED = 'build/node';
const nodes = [
  process.execPath,
  ...readdirSync(FETCHED).map(release => resolve(FETCHED, release, 'bin/node')),
];
const releases = nodes.map(node =>
  execFileSync(node, ['-p', 'process.version'], { encoding: 'utf8' }).trim(),
);

const consumer = new Consumer(t);
const { folder } = consumer;

t.test('Node 20, 22 and 24 are there', t => {
  t.strictSame(releases.map(release => /^v(\d+)/.exec(release)?.[1]).sort(), ['20', '22', '24']);
  t.end();
});

t.test('each package has its licence, types and nothing of the tests', t => {
  const manifests = ['ip', 'libbpf-ts', 'rtnetlink'].map(name => {
    const root = join(folder, 'node_modules', name);
    t.match(readFileSync(join(root, 'LICENSE'), 'utf8'), /Apache License/, name);
    t.notOk(existsSync(join(root, 'test')), `${name} without tests`);
    return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>;
  });
  for (const manifest of manifests) {
    t.match(manifest, { license: 'Apache-2.0', engines: { node: '>=20' }, types: './dist/index.d.ts' });
    t.equal(manifest['dependencies'], undefined, 'it needs no other package');
  }
  t.end();
});

t.test('examples and READMEs compile, strictly', t => {
  const sources = consumer.copy('libbpf-ts/examples', name => /\.ts$|\.bpf\.c$/.test(name));
  t.strictSame(
    sources.filter(name => name.endsWith('.bpf.c')),
    EXAMPLES.map(name => `${name}.bpf.c`),
  );
  for (const name of EXAMPLES) consumer.compileBpf(`${name}.bpf.c`);
  for (const name of ['ip', 'rtnetlink']) consumer.write(`readme-${name}.ts`, readmeSource(name));
  const readme = readFileSync('packages/libbpf-ts/README.md', 'utf8');
  for (const file of ['lengths.bpf.c', 'lengths.ts']) {
    t.ok(
      readme.includes(readFileSync(join(folder, file), 'utf8').replace(/^(\/[/*].*\n)+/, '')),
      `the README shows ${file}`,
    );
  }
  t.strictSame(consumer.compile(), []);
  t.end();
});

for (const [index, node] of nodes.entries()) {
  t.test(`on Node ${releases[index] ?? ''}`, t => testOn(t, node));
}

/** Whether the link that a program told of goes: the kernel frees it a moment after its last descriptor. */
async function isDetached(printed: string): Promise<boolean> {
  const link = Number(/link (\d+)/.exec(printed)?.[1]);
  return link > 0 && (await until(() => !linkIds().includes(link)));
}

async function testOn(t: Test, node: string): Promise<void> {
  const example = (t: Test, name: string, ...args: readonly string[]): RunningProgram =>
    new RunningProgram(t, folder, [node, `${name}.js`, ...args]);

  await t.test('lengths: packets through tcx', async t => {
    const program = example(t, 'lengths', 'lo', '600');
    await program.printed(/attached/);
    execFileSync('ping', ['-c1', '-s', '42', '127.0.0.1']);
    const printed = await program.interrupted();
    t.ok(await isDetached(printed));
    t.match(printed, /returned -1, \d+ ns a packet, counted 1000\n/);
    t.match(printed, /^84 bytes: [2-9]/m, 'the echo and its reply, of 14 + 20 + 8 + 42 bytes');
  });

  await t.test('blocklist: packets dropped by XDP', async t => {
    const netns = testNetns(t);
    const inside = [
      ...['ip', 'netns', 'exec', netns.name], // whose /sys has the namespace's devices
      node,
      'blocklist.js',
      'near',
      '10.99.0.0/24',
      '192.0.2.1',
    ];
    const program = new RunningProgram(t, folder, inside);
    await program.printed(/link/);
    netns.send();
    const printed = await program.interrupted();
    t.ok(await isDetached(printed));
    t.match(printed, /^10\.99\.0\.0\/24: dropped [1-9]/m);
    t.match(printed, /^192\.0\.2\.1\/32: dropped 0$/m);
  });

  await t.test('connections: of a cgroup, through a ring buffer', async t => {
    const root = / (\S+) cgroup2 /.exec(readFileSync('/proc/self/mounts', 'utf8'))?.[1] ?? '';
    const cgroup = join(root, `heddle-packages-${process.pid}`);
    mkdirSync(cgroup);
    const server = createServer(socket => socket.end()).listen(0, '127.0.0.1');
    t.teardown(() => {
      server.close();
      rmdirSync(cgroup);
    });
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const program = example(t, 'connections', cgroup);
    await program.printed(/link/);
    const dial = `echo $$ > ${cgroup}/cgroup.procs && exec 3<>/dev/tcp/127.0.0.1/${port}`;
    execFileSync('bash', ['-c', dial]);
    await program.printed(new RegExp(`^127\\.0\\.0\\.1:${port} after \\d+ us$`, 'm'));
    const printed = await program.interrupted();
    t.ok(await isDetached(printed));
    t.match(printed, /^0 lost$/m);
  });

  await t.test('execs: a raw tracepoint', async t => {
    const program = example(t, 'execs');
    await program.printed(/watching/);
    execFileSync('uname');
    await program.printed(/^\d+ of user 0: uname$/m);
    t.ok(await isDetached(await program.interrupted()));
  });

  await t.test('tasks: an iterator', async t => {
    const sleeper = new RunningProgram(t, folder, ['sh', '-c', 'echo here; exec tail -f /dev/null']);
    await sleeper.printed(/here/);
    t.match(await example(t, 'tasks', 'tail').ended(), /^\d+ \d+ tail$/m);
    t.ok((await example(t, 'tasks').ended()).split('\n').length > 10);
  });

  await t.test("rtnetlink's and ip's READMEs", async t => {
    t.teardown(() => execFileSync('ip', ['netns', 'delete', 'blue']));
    await example(t, 'readme-rtnetlink').ended();
    const addresses = execFileSync('ip', ['-n', 'blue', 'address', 'show', 'eth0'], { encoding: 'utf8' });
    t.match(addresses, /inet 10\.0\.0\.2\/24/);
    await example(t, 'readme-ip').ended();
  });
}

t.test('without an addon: objects can be read, and a sentence says what to install', t => {
  const shipped = join(folder, 'node_modules/libbpf-ts/prebuilds');
  renameSync(shipped, `${shipped}.away`);
  const program = `
    import { loadTasks, tasksObject } from './tasks.bpf.js';
    console.log([...tasksObject.programs.keys()].join());
    try { loadTasks(); } catch (error) { console.log(error.code, error.message); }`;
  const said = consumer.run(process.execPath, '--input-type=module', '--eval', program);
  t.match(
    said,
    /^list\nADDON load libbpf-ts: ADDON: the native addon is not built: run "npm rebuild libbpf-ts", which needs .*libbpf-dev/,
  );
  t.end();
});

t.test('the install script builds the addon where none is shipped', t => {
  const root = join(folder, 'node_modules/libbpf-ts');
  const nodeGyp = resolve('node_modules/node-gyp/bin/node-gyp.js');
  consumer.run('env', `npm_config_node_gyp=${nodeGyp}`, process.execPath, join(root, 'dist/install.js'));
  t.ok(existsSync(join(root, 'build/Release/libbpf_ts.node')));
  t.match(consumer.run(process.execPath, 'tasks.js'), /^\d+ \d+ /);
  t.end();
});
