// What a start waits for: said in a sentence, nothing touched meanwhile, and over as soon as the obstacle is gone.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { kubeconfig } from '../../support/api-server/kubeconfig.ts';
import { deleteSpoolOf } from '../../../loader/agent/kept-deletes.ts';
import { askStatus } from '../../../loader/api/status-client.ts';
import { heddlectl } from '../../support/heddlectl.ts';
import {
  nodeObject,
  runDaemon,
  scratchConfig,
  scratchNode,
  writeManifest,
  type ScratchNode,
} from '../../support/scratch-daemon.ts';
import { until } from '../../support/until.ts';
import { runPlugin } from '../cni-plugin/plugin.ts';

t.setTimeout(300_000);

interface Obstacle {
  readonly title: string;
  readonly config?: object;
  /** Commands of ip(8) in the node's namespace. */
  readonly before?: readonly string[];
  readonly says: RegExp;
  readonly cure: readonly string[];
}

function ip(node: ScratchNode, commands: readonly string[] = []): void {
  for (const command of commands)
    execFileSync('nsenter', [`--net=${node.netns}`, 'ip', ...command.split(' ')]);
}

const OBSTACLES: readonly Obstacle[] = [
  {
    title: 'an uplink that is not there yet',
    config: { uplink: 'eth7' },
    says: /"reconciler":"uplinks","msg":"no device is named 'eth7': uplink may be .*eth0/,
    cure: [
      'link add eth7 type veth peer name wire7',
      'address add 192.168.8.1/24 dev eth7',
      'link set eth7 up',
    ],
  },
  {
    title: 'no device with an address of the node, and no default route',
    config: { uplink: 'auto' },
    before: ['address delete 192.168.9.1/24 dev eth0'],
    says: /"reconciler":"uplinks","msg":"no device has an address of this node or a default route/,
    cure: ['address add 192.168.9.1/24 dev eth0'],
  },
  {
    title: 'the VXLAN port taken by another vxlan device',
    before: ['link add other type vxlan id 7 dstport 4789 dev eth0', 'link set other up'],
    says: /"reconciler":"overlay-device","msg":"UDP port 4789 is taken by the VXLAN device other: remove it/,
    cure: ['link delete other'],
  },
];

for (const { title, config = {}, before, says, cure } of OBSTACLES)
  t.test(title, async t => {
    const node = scratchNode(t);
    ip(node, before);
    let isCured = false;
    const { code, stdout } = await runDaemon(
      node,
      { ...scratchConfig(node), ...config },
      {
        until: printed => {
          if (!isCured && says.test(printed)) {
            t.notMatch(printed, /"msg":"ready"/, 'it is not ready before');
            isCured = true;
            ip(node, cure);
          }
          return printed.includes('"msg":"ready"');
        },
      },
    );
    t.ok(isCured, 'it says what it waits for');
    t.match(stdout, /"msg":"over: /, 'and that it is over');
    t.equal(code, 0);
  });

// Kind: a start that waits says nothing to those who ask. Examples: the source, the uplink, nft, the state directory.
t.test('a start that waits for its state directory answers meanwhile, and goes on by itself', async t => {
  const node = scratchNode(t);
  const state = join(node.directory, 'state');
  mkdirSync(state);
  const mount = (...words: readonly string[]): Buffer => execFileSync('mount', [...words, state]);
  mount('-t', 'tmpfs', '-o', 'ro', 'heddle-test');
  t.teardown(() => execFileSync('umount', ['-l', state]));
  const socket = join(node.directory, 'run/heddled.sock');
  const stop = new AbortController();
  const running = runDaemon(node, scratchConfig(node), { stop: stop.signal });
  const isWaiting = async (): Promise<boolean> =>
    (await askStatus(socket))?.unmet[0]?.name === 'state-directory';
  t.ok(await until(isWaiting), 'it says what it waits for');
  const shown = await heddlectl('--config', join(node.directory, 'heddled.yaml'), 'status');
  t.match(shown.stdout, /^daemon +not ready/m);
  t.match(shown.stdout, /because +the state directory .* cannot be used: EROFS/);
  for (const words of [['rollback'], ['monitor']])
    t.match(await heddlectl('--config', join(node.directory, 'heddled.yaml'), ...words), {
      code: 1,
      stderr: /^heddlectl: (?!.*does not answer).*(start|state directory)/,
    });
  const asked = { CNI_COMMAND: 'STATUS', CNI_PATH: '/opt/cni/bin' };
  const stdin = JSON.stringify({ cniVersion: '1.1.0', name: 'heddle', type: 'heddle-cni', socket });
  t.match(JSON.parse((await runPlugin(asked, stdin)).stdout), { code: 50, msg: /state directory/ });
  const deleting = { ...asked, CNI_COMMAND: 'DEL', CNI_CONTAINERID: 'c1', CNI_IFNAME: 'eth0' };
  t.strictSame(
    await runPlugin(deleting, stdin),
    { exitCode: 0, stdout: '', stderr: '' },
    'DEL waits for nothing',
  );
  t.strictSame(readdirSync(deleteSpoolOf(socket)), ['c1:eth0']);
  mount('-o', 'remount,rw');
  t.ok(await until(async () => (await askStatus(socket))?.ready === true));
  t.strictSame(readdirSync(deleteSpoolOf(socket)), []);
  stop.abort();
  t.equal((await running).code, 0);
});

t.test('/proc/sys that cannot be written is found before the first ADD', async t => {
  const node = scratchNode(t);
  writeManifest(node, 'node.yaml', nodeObject(['10.9.0.0/24', 'fd00:9::/64']));
  const mounts = 'mount --bind /proc/sys /proc/sys && mount -o remount,ro,bind /proc/sys && exec "$@"';
  const sysctls = ['ipv4.ip_forward', 'ipv6.conf.all.forwarding', 'ipv6.conf.default.forwarding'];
  for (const name of sysctls)
    execFileSync('nsenter', [`--net=${node.netns}`, 'sysctl', '-qw', `net.${name}=1`]);
  const { stdout } = await runDaemon(node, scratchConfig(node), {
    prefix: ['unshare', '-m', 'sh', '-c', mounts, 'sh'],
    until: printed => printed.includes('/proc/sys cannot be written'),
  });
  t.match(stdout, /"reconciler":"forwarding","msg":"\/proc\/sys cannot be written, and ADD sets/);
  t.notMatch(stdout, /"msg":"ready"/);
});

t.test('without nft, and with masquerade off, it starts', async t => {
  const node = scratchNode(t);
  const bin = join(node.directory, 'bin');
  mkdirSync(bin);
  for (const name of ['sh', 'cat', 'node', 'nsenter'])
    symlinkSync(
      execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(),
      join(bin, name),
    );
  const { code, stdout } = await runDaemon(
    node,
    { ...scratchConfig(node), masquerade: false },
    { prefix: ['env', `PATH=${bin}`], until: printed => printed.includes('"msg":"ready"') },
  );
  t.match(
    stdout,
    /nft cannot be started: install nftables.*no firewall that drops forwarded packets is noticed/,
  );
  t.equal(code, 0);
});

t.test('while the source is not there, what needs nothing of it is reconciled', async t => {
  const node = scratchNode(t);
  const sysctl = (...words: readonly string[]): string =>
    execFileSync('nsenter', [`--net=${node.netns}`, 'sysctl', '-n', ...words], { encoding: 'utf8' }).trim();
  writeFileSync(join(node.directory, 'token'), 'x');
  writeFileSync(
    join(node.directory, 'kubeconfig'),
    kubeconfig('https://127.0.0.1:1', join(node.directory, 'token')),
  );
  const source = { kind: 'kubernetes', kubeconfig: join(node.directory, 'kubeconfig') };
  t.equal(sysctl('-w', 'net.ipv4.ip_forward=0'), '0');
  const { code, stdout } = await runDaemon(
    node,
    { ...scratchConfig(node), source },
    { until: printed => /cannot be reached/.test(printed) && /ip_forward/.test(printed) },
  );
  t.equal(sysctl('net.ipv4.ip_forward'), '1');
  t.notMatch(stdout, /"msg":"ready"/);
  t.equal(code, 0);
});
