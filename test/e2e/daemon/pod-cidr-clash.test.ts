// Kind: a pod CIDR takes what the node itself lives on. A route that holds such a CIDR hid a part of the LAN from the node, the API
// server included; a pod with such an address cut off the machine that has it.
import { execFileSync, spawn } from 'node:child_process';
import t, { type Test } from 'tap';
import { askStatus } from '../../../loader/api/status-client.ts';
import { until } from '../../support/until.ts';
import { pluginEnvironment, runPlugin } from '../cni-plugin/plugin.ts';
import { putNode, putPod, socket } from './readiness-node.ts';

t.setTimeout(600_000);

/** The underlay is 192.168.9.0/24 and fd09::/64; the router 172.31.1.1 is in neither. */
const CLASHES = [
  ['192.168.9.0/24', "the underlay's network 192.168.9.0/24"],
  ['192.168.0.0/16', "the underlay's network 192.168.9.0/24"],
  ['192.168.9.128/25', "the underlay's network 192.168.9.0/24"],
  ['fd09::/64', "the underlay's network fd09::/64"],
  ['172.31.1.0/24', 'the default gateway 172.31.1.1'],
] as const;
const CNI_ARGS = 'IgnoreUnknown=1;K8S_POD_NAMESPACE=lab;K8S_POD_NAME=p1;K8S_POD_UID=p1';

function anotherNetns(t: Test): string {
  const holder = spawn('unshare', ['--net', 'sleep', '600']);
  t.teardown(() => holder.kill());
  return `/proc/${holder.pid}/ns/net`;
}

function shown(...argv: readonly string[]): string {
  return execFileSync('ip', argv, { encoding: 'utf8' });
}

const isReady = async (): Promise<boolean> => (await askStatus(socket))?.ready === true;

t.test('the node is well', async t => {
  putPod('p1');
  t.ok(await until(isReady));
});

for (const [cidr, what] of CLASHES)
  t.test(`${cidr}: ${what}`, async t => {
    const sentence = `no pod can have an address of pod CIDR ${cidr} of node own, since it overlaps ${what}`;
    const told = async (): Promise<string | undefined> => (await askStatus(socket))?.problems[0];
    const before = shown('route', 'show', 'root', '0/0').replace(/^unreachable 10\.9.*\n/m, '');
    putNode([cidr, '10.9.1.0/24']);
    t.ok(await until(async () => (await told())?.startsWith(sentence) === true), sentence);
    t.match((await askStatus(socket))?.unmet, [{ name: 'pod-cidr' }]);
    t.ok(await until(() => shown('-o', 'address', 'show', 'heddle0').includes('10.9.1.1/')));
    t.notMatch(shown('-o', 'address', 'show', 'heddle0'), / fd09::/);
    t.equal(
      shown('route', 'show', 'root', '0/0').replace(/^unreachable 10\.9.*\n/m, ''),
      before,
      'no route of it',
    );
    t.notMatch(shown('-6', 'route', 'show', 'proto', '104'), /fd09::/);
    const { stdout } = await runPlugin(
      pluginEnvironment('ADD', { CNI_NETNS: anotherNetns(t), CNI_ARGS }),
      JSON.stringify({ cniVersion: '1.0.0', name: 'heddle', type: 'heddle-cni', socket }),
    );
    t.match(stdout, sentence, 'ADD says why');
    putNode(['10.9.1.0/24']);
    t.ok(await until(isReady), 'ready again');
    t.strictSame((await askStatus(socket))?.problems, []);
  });
