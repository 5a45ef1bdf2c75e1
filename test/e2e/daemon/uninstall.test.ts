// heddlectl cleanup leaves a node as it was before the daemon: files, kernel objects, sysctls.
//
// The kind: something that a daemon has made is known to nobody any more. It was given by hand, made under another setting,
// renamed since, or left by a cleanup that was cut off.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { stringify } from 'yaml';
import { builtFile } from '../../../lab/installation.ts';
import { runDaemon, scratchConfig, scratchNode, type ScratchNode } from '../../support/scratch-daemon.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const POLICY = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { namespace: 'shop', name: 'by-hand' },
  spec: { podSelector: {} },
};

interface Outcome {
  readonly code: number | null;
  readonly printed: string;
}

function inside(node: ScratchNode, ...argv: readonly string[]): string {
  return execFileSync('nsenter', [`--net=${node.netns}`, ...argv], { encoding: 'utf8' });
}

/** `killAfterMs`: with SIGKILL. */
async function heddlectl(
  node: ScratchNode,
  words: readonly string[],
  killAfterMs?: number,
): Promise<Outcome> {
  const argv = [builtFile('heddlectl.mjs'), '--config', join(node.directory, 'heddled.yaml'), ...words];
  const child = spawn('nsenter', [`--net=${node.netns}`, process.execPath, ...argv], { stdio: 'pipe' });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  return { code, printed };
}

/** IPv6 addresses are the kernel's own, and there once duplicates were looked for. */
async function quietNode(t: Test): Promise<ScratchNode> {
  const node = scratchNode(t);
  t.ok(await until(() => inside(node, 'ip', '-6', 'address', 'show', 'tentative') === ''));
  return node;
}

function everything(node: ScratchNode): string {
  const sysctls = inside(node, 'sysctl', '-a')
    .split('\n')
    .filter(line => /forward|accept_ra|rp_filter|addr_gen_mode|disable_ipv6|nonlocal/.test(line));
  return [
    ...sysctls.sort(),
    inside(node, 'ip', '-o', 'link', 'show').replace(/ state \w+/g, ''),
    inside(node, 'ip', '-br', 'address'),
    inside(node, 'ip', 'route', 'show', 'table', 'all'),
    inside(node, 'ip', 'rule'),
    inside(node, 'ip', 'neigh', 'show', 'nud', 'permanent'),
    inside(node, 'nft', 'list', 'ruleset'),
  ].join('\n');
}

function installed(node: ScratchNode): Record<string, unknown> {
  const folder = join(node.directory, 'cni');
  return {
    ...scratchConfig(node),
    cni: { binDir: join(folder, 'bin'), confFile: join(folder, 'heddle.conflist') },
  };
}

/** Runs the daemon until it is ready, and meanwhile what is given. */
async function withDaemon(node: ScratchNode, config: object, use: () => Promise<void>): Promise<void> {
  const stop = new AbortController();
  let log = '';
  const run = runDaemon(node, config, {
    stop: stop.signal,
    until: printed => {
      log = printed;
      return false;
    },
  });
  try {
    if (!(await until(() => log.includes('"msg":"ready"')))) throw new Error(log);
    await use();
  } finally {
    stop.abort();
    await run;
  }
}

async function applyPolicy(t: Test, node: ScratchNode): Promise<void> {
  const file = join(node.directory, 'policy.yaml');
  writeFileSync(file, stringify(POLICY));
  const { code, printed } = await heddlectl(node, ['policy', 'apply', file]);
  t.equal(code, 0, printed);
}

function assertNothingLeft(t: Test, node: ScratchNode): void {
  for (const name of ['state', 'run']) t.notOk(existsSync(join(node.directory, name)), name);
  t.notOk(existsSync(node.pinRoot));
  t.notOk(existsSync(join(node.directory, 'cni', 'heddle.conflist')));
  t.strictSame(readdirSync(join(node.directory, 'cni', 'bin')), []);
}

/** Things that no configuration leads to any more. */
async function mixUp(t: Test, node: ScratchNode): Promise<void> {
  await withDaemon(node, { ...installed(node), nftTable: 'former' }, () => applyPolicy(t, node));
  inside(node, 'ip', 'link', 'set', 'heddle0', 'down');
  inside(node, 'ip', 'link', 'set', 'heddle0', 'name', 'mine0');
  writeFileSync(join(node.directory, 'heddled.yaml'), stringify(installed(node)));
}

t.test('a node is afterwards as it was before, and another cleanup finds nothing', async t => {
  const node = await quietNode(t);
  inside(node, 'sysctl', '-w', 'net.ipv4.ip_forward=0', 'net.ipv6.conf.all.forwarding=0');
  inside(node, 'sysctl', '-w', 'net.ipv4.conf.eth0.forwarding=1');
  const before = everything(node);
  await mixUp(t, node);
  t.not(everything(node), before);
  const { code, printed } = await heddlectl(node, ['cleanup']);
  t.equal(code, 0, printed);
  t.equal(everything(node), before);
  assertNothingLeft(t, node);
  t.match(printed, /net\/ipv4\/ip_forward: 0 again/);
  t.match((await heddlectl(node, ['cleanup'])).printed, /^nothing to remove$/m);
  await withDaemon(node, installed(node), async () => {
    const { printed: policies } = await heddlectl(node, ['policy', 'list']);
    t.notMatch(policies, /by-hand/, 'what was given by hand is gone');
  });
});

t.test('a sysctl that somebody has changed since stays, and that is said', async t => {
  const node = await quietNode(t);
  inside(node, 'sysctl', '-w', 'net.ipv4.ip_forward=0');
  await withDaemon(node, installed(node), () => Promise.resolve());
  inside(node, 'sysctl', '-w', 'net.ipv6.conf.default.forwarding=2');
  const { printed } = await heddlectl(node, ['cleanup']);
  t.match(printed, /net\/ipv6\/conf\/default\/forwarding: stays 2: another program changed it since/);
  t.match(inside(node, 'sysctl', 'net.ipv6.conf.default.forwarding'), /= 2/);
  t.match(inside(node, 'sysctl', 'net.ipv4.ip_forward'), /= 0/);
});

t.test('a forwarding node stays one', async t => {
  const node = await quietNode(t);
  inside(node, 'sysctl', '-w', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1');
  const before = everything(node);
  await withDaemon(node, installed(node), () => Promise.resolve());
  t.equal((await heddlectl(node, ['cleanup'])).code, 0);
  t.equal(everything(node), before);
});

t.test('cut off again and again, the last one leaves nothing', async t => {
  const node = await quietNode(t);
  inside(node, 'sysctl', '-w', 'net.ipv4.ip_forward=0');
  const before = everything(node);
  await mixUp(t, node);
  for (const killAfterMs of [150, 300, 400, 500, 600]) await heddlectl(node, ['cleanup'], killAfterMs);
  t.equal((await heddlectl(node, ['cleanup'])).code, 0);
  t.equal(everything(node), before);
  assertNothingLeft(t, node);
});

t.test('while a daemon runs, waits or hangs nothing is removed, unless it is forced', async t => {
  const node = scratchNode(t);
  const refusal = /heddled is running on .*: stop it first, or use --force/;
  await withDaemon(node, installed(node), async () => {
    t.match((await heddlectl(node, ['cleanup'])).printed, refusal);
    const second = await runDaemon(node, installed(node));
    const pid = Number(/\(pid (\d+)\)/.exec(second.stderr)?.[1]);
    if (!(pid > 1)) throw new Error(`no pid in: ${second.stderr}`);
    process.kill(pid, 'SIGSTOP');
    t.match((await heddlectl(node, ['cleanup'])).printed, refusal);
    process.kill(pid, 'SIGCONT');
    t.ok(existsSync(join(node.pinRoot, 'maps', 'hd_route')));
    t.equal((await heddlectl(node, ['cleanup', '--force'])).code, 0);
  });
  t.equal((await heddlectl(node, ['cleanup'])).code, 0);
});

t.test('only half of it is there', async t => {
  const node = scratchNode(t);
  await withDaemon(node, installed(node), () => Promise.resolve());
  execFileSync('rm', ['-rf', join(node.directory, 'state'), join(node.pinRoot, 'maps')]);
  inside(node, 'ip', 'link', 'delete', 'heddle0');
  mkdirSync(join(node.directory, 'state'));
  await sleep(100);
  t.equal((await heddlectl(node, ['cleanup'])).code, 0);
  assertNothingLeft(t, node);
});
