// What flannel has left on a node is found and goes piece by piece; what looks like it and is of others stays. The kind: a name
// or a place that two networks share.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { listLinks } from 'rtnetlink';
import { flannelPluginDir, type FlannelPaths } from '../../../loader/network/flannel-files.ts';
import { findFlannelRemains, type FlannelRemains } from '../../../loader/network/flannel-remains.ts';
import { createNft } from '../../../loader/network/nft.ts';
import { run, scratchNode, type ScratchNode } from './scratch-node.ts';

interface Place {
  readonly node: ScratchNode;
  readonly paths: FlannelPaths & {
    readonly subnetFile: string;
    readonly confDir: string;
    readonly hostLocalDir: string;
  };
}

function place(t: Test): Place {
  const node = scratchNode(t);
  const directory = mkdtempSync(join(tmpdir(), 'heddle-flannel-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const paths = {
    subnetFile: join(directory, 'flannel/subnet.env'),
    confDir: join(directory, 'net.d'),
    hostLocalDir: join(directory, 'cni/networks'),
  };
  for (const folder of [join(directory, 'flannel'), paths.confDir]) mkdirSync(folder);
  return { node, paths };
}

function find({ node, paths }: Place): Promise<FlannelRemains> {
  return findFlannelRemains(node.socket, createNft(node.path), paths);
}

async function removeAll(one: Place): Promise<string[]> {
  const { remains } = await find(one);
  for (const { remove } of remains) await remove();
  return remains.map(({ subject }) => subject);
}

function ip({ node }: Place, ...commands: readonly string[]): void {
  for (const command of commands) run(node, 'ip', ...command.split(' '));
}

function write(path: string, text: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
}

const SUBNET = 'FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.1.1/24\nFLANNEL_MTU=1450\n';
const VTEP = 'link add flannel.1 type vxlan id 1 dstport 8472 nolearning';
const BRIDGE = ['link add cni0 type bridge', 'address add 10.244.1.1/24 dev cni0', 'link set cni0 up'];

t.test('an empty node has nothing', async t => {
  t.strictSame(await find(place(t)), { remains: [], obstacles: [], left: [] });
});

t.test('devices, by the subnet that flannel wrote down, or by its VTEP', async t => {
  for (const hasFile of [true, false]) {
    const one = place(t);
    if (hasFile) write(one.paths.subnetFile, SUBNET);
    ip(one, VTEP, 'address add 10.244.1.0/32 dev flannel.1', 'link set flannel.1 up', ...BRIDGE);
    t.strictSame(await removeAll(one), ['cni0', 'flannel.1', ...(hasFile ? [one.paths.subnetFile] : [])]);
    t.strictSame(
      listLinks(one.node.socket).map(({ name }) => name),
      ['lo'],
    );
    t.equal(existsSync(join(one.paths.subnetFile, '..')), !hasFile, 'its folder goes once it is empty');
  }
});

t.test(
  "others' stay: a bridge cni0 with other addresses, a device flannel.1 that is no VXLAN, Calico's",
  async t => {
    const one = place(t);
    write(one.paths.subnetFile, SUBNET);
    ip(
      one,
      'link add cni0 type bridge',
      'address add 10.88.0.1/16 dev cni0',
      'link add flannel.1 type bridge',
    );
    ip(one, 'link add cali12345 type bridge', 'link add flannel.x type vxlan id 9 dstport 9999');
    write(join(one.paths.confDir, '10-canal.conflist'), '{"name":"k8s","plugins":[{"type":"calico"}]}');
    write(
      join(one.paths.confDir, '05-heddle.conflist'),
      '{"name":"heddle","plugins":[{"type":"heddle-cni"}]}',
    );
    t.strictSame((await find(one)).left, [
      "cni0 is a bridge, and has no address of flannel's: it stays",
      "1 devices cali… are of Calico's pods: they stay, and go with their pods",
      `${join(one.paths.confDir, '10-canal.conflist')} names calico, which is not flannel: it stays`,
    ]);
    t.strictSame(await removeAll(one), [one.paths.subnetFile]);
    t.strictSame(readdirSync(one.paths.confDir).sort(), ['05-heddle.conflist', '10-canal.conflist']);
  },
);

t.test('a bridge of another name, as the configuration has it, with pods on it: an obstacle', async t => {
  const one = place(t);
  write(one.paths.subnetFile, SUBNET);
  const plugins = [{ type: 'flannel', delegate: { bridge: 'pods0' } }];
  write(join(one.paths.confDir, '10-flannel.conflist'), JSON.stringify({ name: 'mine', plugins }));
  for (const network of ['cbr0', 'mine', 'other'])
    write(join(one.paths.hostLocalDir, network, '10.244.1.5'), 'x');
  write(join(flannelPluginDir(one.paths.hostLocalDir), 'abc'), '{}');
  ip(
    one,
    ...BRIDGE.map(command => command.replaceAll('cni0', 'pods0')),
    'link add veth1 type veth peer name p1',
  );
  ip(one, 'link set veth1 master pods0');
  t.strictSame((await find(one)).obstacles, [
    'pods0 has 1 interfaces of pods: drain the node first, or cut them off by --force',
  ]);
  await removeAll(one);
  t.strictSame(readdirSync(one.paths.hostLocalDir), ['other'], "another network's addresses stay");
  t.notOk(existsSync(flannelPluginDir(one.paths.hostLocalDir)));
});

t.test("a network's name is a folder of host-local's, and never a way out of it", async t => {
  for (const name of ['', '.', '..', '../..', 'other/x', '/', '-x', 'a b']) {
    const one = place(t);
    const plugins = [{ type: 'flannel' }];
    write(join(one.paths.confDir, '10-flannel.conflist'), JSON.stringify({ name, plugins }));
    for (const network of ['cbr0', 'other/x']) write(join(one.paths.hostLocalDir, network, '10.9.0.5'), 'x');
    await removeAll(one);
    t.ok(existsSync(join(one.paths.hostLocalDir, 'other/x/10.9.0.5')), `the name '${name}'`);
    t.notOk(existsSync(join(one.paths.hostLocalDir, 'cbr0')));
  }
});

t.test("routes into flannel's network by a router, and no others", async t => {
  const one = place(t);
  write(one.paths.subnetFile, SUBNET);
  ip(
    one,
    'link add eth0 type veth peer name wire',
    'link set wire up',
    'address add 192.0.2.1/24 dev eth0',
    'link set eth0 up',
  );
  const others = ['10.99.0.0/24 via 192.0.2.9 dev eth0', '10.244.7.0/24 via 192.0.2.9 dev eth0 proto static'];
  for (const route of ['10.244.2.0/24 via 192.0.2.2 dev eth0', ...others]) ip(one, `route add ${route}`);
  t.strictSame(await removeAll(one), ['route to 10.244.2.0/24', one.paths.subnetFile]);
  const left = run(one.node, 'ip', 'route')
    .split('\n')
    .filter(line => line.includes('via'));
  t.strictSame(
    left.map(line => line.trim()),
    others,
  );
});

for (const [command, table, subject] of [
  ['iptables-nft', 'nat', 'chain FLANNEL-POSTRTG of ip nat'],
  ['ip6tables-nft', 'filter', 'chain FLANNEL-FWD of ip6 filter'],
  ['iptables-legacy', 'nat', 'chain FLANNEL-POSTRTG of iptables-legacy nat'],
] as const)
  t.test(`rules of ${command}`, t => {
    const one = place(t);
    const [chain, hook] = table === 'nat' ? ['FLANNEL-POSTRTG', 'POSTROUTING'] : ['FLANNEL-FWD', 'FORWARD'];
    const rules = (words: string): string => run(one.node, command, '-t', table, ...words.split(' '));
    rules(`-N ${chain}`);
    rules('-N MINE');
    for (const target of [chain, 'MINE']) rules(`-A ${hook} -m comment --comment flanneld_masq -j ${target}`);
    rules(`-A ${chain} -m mark --mark 0x4000 -j RETURN`);
    t.strictSame(subjectsOf(inside(one)), [subject]);
    const left = rules('-S');
    t.notMatch(left, /FLANNEL/);
    t.match(left, /-j MINE/);
    t.end();
  });

for (const [what, script, told] of [
  ['is not installed', undefined, 'iptables-legacy-save is not installed here'],
  ['fails', { text: '#!/bin/sh\necho no lock >&2; exit 4\n', mode: 0o755 }, 'ended with 4: no lock'],
  ['cannot be started', { text: '', mode: 0o644 }, 'EACCES'],
] as const)
  t.test(`iptables-legacy-save ${what}: told, and the rest is removed`, t => {
    const one = place(t);
    run(one.node, 'iptables-legacy', '-t', 'nat', '-N', 'FLANNEL-POSTRTG');
    write(one.paths.subnetFile, SUBNET);
    const programs = t.testdir({ nft: t.fixture('symlink', '/usr/sbin/nft') });
    if (script !== undefined)
      writeFileSync(join(programs, 'iptables-legacy-save'), script.text, { mode: script.mode });
    const lines = inside(one, { programs });
    t.match(lines, [`${one.paths.subnetFile}: removed`, 'the table nat of iptables-legacy may have chains']);
    t.match(lines[1], told);
    t.end();
  });

t.test('a file that stays is told, with exit status 0; pods on the bridge are not removed', t => {
  const one = place(t);
  write(one.paths.subnetFile, SUBNET);
  write(join(flannelPluginDir(one.paths.hostLocalDir), 'abc'), '{}');
  execFileSync('mount', ['-t', 'tmpfs', 'heddle-test', flannelPluginDir(one.paths.hostLocalDir)]);
  try {
    t.match(inside(one), [
      `${one.paths.subnetFile}: removed`,
      `${flannelPluginDir(one.paths.hostLocalDir)}: stays: EBUSY`,
    ]);
  } finally {
    execFileSync('umount', [flannelPluginDir(one.paths.hostLocalDir)]);
  }
  write(one.paths.subnetFile, SUBNET);
  ip(one, ...BRIDGE, 'link add veth1 type veth peer name p1', 'link set veth1 master cni0');
  t.throws(() => inside(one), /drain the node first/);
  t.ok(existsSync(one.paths.subnetFile));
  t.end();
});

/** The legacy tables are listed in /proc/net of the process: it is the command itself that is run there. */
function inside(one: Place, { programs = process.env['PATH'] ?? '' } = {}): string[] {
  const bundle = join(process.cwd(), 'build/heddlectl.mjs');
  const config = join(one.paths.confDir, '../heddled.yaml');
  write(
    config,
    JSON.stringify({
      nodeName: 'x',
      flannel: { hostLocalDir: one.paths.hostLocalDir },
      cni: { confFile: join(one.paths.confDir, '05-heddle.conflist') },
    }),
  );
  const argv = [
    bundle,
    '--config',
    config,
    'migrate',
    'remove-flannel',
    '--subnet-file',
    one.paths.subnetFile,
  ];
  const inNetns = [`--net=${one.node.path}`, 'env', `PATH=${programs}`, process.execPath, ...argv];
  return execFileSync('nsenter', inNetns, { encoding: 'utf8' }).trim().split('\n');
}

function subjectsOf(lines: readonly string[]): string[] {
  return lines.map(line => line.split(': ')[0] ?? '');
}
