// What keeps the daemon from starting: each in one sentence, with the right exit status and nothing left behind.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { runDaemon, scratchConfig, scratchNode, type ScratchNode } from '../../support/scratch-daemon.ts';
import { until } from '../../support/until.ts';

interface Refusal {
  readonly title: string;
  readonly config?: (node: ScratchNode) => object | string;
  readonly before?: (node: ScratchNode) => void;
  readonly prefix?: readonly string[];
  readonly args?: readonly string[];
  readonly code: number;
  readonly says: readonly RegExp[];
}

const REFUSALS: readonly Refusal[] = [
  {
    title: 'a state directory that cannot be written',
    config: node => ({ ...scratchConfig(node), stateDir: '/etc/hostname/heddle' }),
    code: 1,
    says: [/state directory \/etc\/hostname\/heddle cannot be used/, /set stateDir/],
  },
  {
    title: 'a pin root outside of any BPF filesystem',
    config: node => ({ ...scratchConfig(node), pinRoot: join(node.directory, 'pins') }),
    code: 1,
    says: [/is not in a BPF filesystem/, /mount -t bpf bpf \/sys\/fs\/bpf/],
  },
  {
    title: 'no root',
    before: node => {
      chmodSync(node.directory, 0o777);
      mkdirSync(join(node.directory, 'state'), { mode: 0o777 });
      chmodSync(join(node.directory, 'state'), 0o777);
    },
    prefix: ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'],
    code: 1,
    says: [/run it as root/],
  },
  {
    title: 'an unknown key',
    config: node => ({ ...scratchConfig(node), tunel: { port: 1 } }),
    code: 2,
    says: [/tunel/, /tunnel/],
  },
  {
    title: 'a wrong value',
    config: node => ({ ...scratchConfig(node), tunnel: { encapsulation: 'sometimes' } }),
    code: 2,
    says: [/tunnel\.encapsulation/, /sometimes/, /always, cross-subnet or never/],
  },
  {
    title: 'a configuration that is no YAML',
    config: () => 'nodeName: [\n',
    code: 2,
    says: [/heddled\.yaml/],
  },
  {
    title: 'an unknown flag',
    args: ['--tunel-port', '4790'],
    code: 2,
    says: [/unknown flag --tunel-port/],
  },
  {
    title: 'a flag without its value',
    args: ['--tunnel-port'],
    code: 2,
    says: [/--tunnel-port/],
  },
  {
    title: 'a configuration file that is not there',
    args: ['--config', '/etc/heddle/none.yaml'],
    code: 2,
    says: [/none\.yaml/],
  },
  {
    title: 'a configuration of characters that move a cursor',
    config: () => '"nodeName\\e[2J": x\n',
    code: 2,
    says: [/nodeName\\x1b\[2J/],
  },
  {
    title: 'a socket path that is a directory',
    before: node => mkdirSync(join(node.directory, 'run', 'heddled.sock'), { recursive: true }),
    code: 1,
    says: [/heddled\.sock/],
  },
];

function isReady(printed: string): boolean {
  return printed.includes('"msg":"ready"');
}

for (const refusal of REFUSALS) {
  t.test(`${refusal.title} is refused in a sentence`, async t => {
    const node = scratchNode(t);
    refusal.before?.(node);
    const config = refusal.config?.(node) ?? scratchConfig(node);
    const { prefix = [], args = [] } = refusal;
    const { code, stderr } = await runDaemon(node, config, { prefix, args });
    for (const pattern of refusal.says) t.match(stderr, pattern);
    t.notMatch(stderr, /\n\s+at /, 'no stack trace for a person to read');
    t.equal(code, refusal.code, `exit status; it said: ${stderr}`);
    t.notOk(existsSync(join(node.directory, 'run', 'heddled.sock', 'x')));
  });
}

t.test('a second daemon is refused before it touches anything, and the first goes on', async t => {
  const node = scratchNode(t);
  const [ready, stop] = [new AbortController(), new AbortController()];
  const first = runDaemon(node, scratchConfig(node), {
    stop: stop.signal,
    until: printed => {
      if (isReady(printed)) ready.abort();
      return false;
    },
  });
  t.ok(await until(() => ready.signal.aborted), 'the first is ready');
  const config = scratchConfig(node);
  const before = standing(node);
  // The kind: two daemons that do not meet at one path.
  for (const [title, other] of Object.entries({
    'the same configuration': {},
    'an edited one': { tunnel: { port: 8472, vni: 77 } },
    'another state directory and socket': {
      stateDir: `${node.directory}/state2`,
      runDir: `${node.directory}/run2`,
    },
    'nothing in common': {
      stateDir: `${node.directory}/s3`,
      runDir: `${node.directory}/r3`,
      pinRoot: `${node.pinRoot}-3`,
    },
  })) {
    const second = await runDaemon(node, { ...config, ...other });
    t.match(
      second.stderr,
      /another daemon \(pid \d+\) at .*heddled\.sock runs in this network namespace/,
      title,
    );
    t.equal(second.code, 1);
    t.strictSame(standing(node), before, 'nothing was touched');
  }
  stop.abort();
  t.equal((await first).code, 0);
});

/** Pins, and devices with their indexes. */
function standing(node: ScratchNode): readonly string[] {
  const devices = execFileSync('nsenter', [`--net=${node.netns}`, 'ip', '-o', 'link'], { encoding: 'utf8' });
  return [...readdirSync(node.pinRoot, { recursive: true, encoding: 'utf8' }).sort(), devices];
}

t.test('one broken file in the manifests directory is told, and the others are active', async t => {
  const node = scratchNode(t);
  writeFileSync(join(node.directory, 'manifests', 'broken.yaml'), 'kind: Pod\nmetadata: {name: "x\n');
  const { stdout, code } = await runDaemon(node, scratchConfig(node), {
    until: printed => isReady(printed) && printed.includes('broken.yaml'),
  });
  t.match(stdout, /broken\.yaml/);
  t.equal(code, 0);
});

t.test('the effective configuration is printed with the origin of each value', async t => {
  const node = scratchNode(t);
  const { stdout, code } = await runDaemon(node, scratchConfig(node), {
    args: ['--print-config', '--tunnel-port', '4790'],
  });
  t.equal(code, 0);
  const settings = JSON.parse(stdout) as { key: string; value: unknown; origin: string }[];
  t.match(
    settings.find(one => one.key === 'tunnel.port'),
    { value: 4790, origin: '--tunnel-port' },
  );
  t.match(
    settings.find(one => one.key === 'nodeName'),
    { value: 'scratch', origin: /heddled\.yaml/ },
  );
  t.match(
    settings.find(one => one.key === 'masquerade'),
    { value: true, origin: 'default' },
  );
});
