// An underlay that carries less than pods' IPv6 needs: told as a problem, and pods are added all the same.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { addNetns, removeNetns } from '../../../lab/iproute.ts';
import { askStatus } from '../../../loader/api/status-client.ts';
import {
  nodeObject,
  runDaemon,
  scratchConfig,
  scratchNode,
  writeManifest,
} from '../../support/scratch-daemon.ts';
import { until } from '../../support/until.ts';
import { runPlugin } from '../cni-plugin/plugin.ts';

t.setTimeout(300_000);

t.test('from the start, and smaller yet while it runs', async t => {
  const node = scratchNode(t);
  const ip = (netns: string, ...words: readonly string[]): string =>
    execFileSync('nsenter', [`--net=${netns}`, 'ip', ...words], { encoding: 'utf8' });
  writeManifest(node, 'node.yaml', nodeObject(['10.9.0.0/24', 'fd00:9::/64']));
  ip(node.netns, 'link', 'set', 'eth0', 'mtu', '1300');
  const socket = join(node.directory, 'run/heddled.sock');
  const stop = new AbortController();
  const running = runDaemon(node, scratchConfig(node), { stop: stop.signal });
  const isTold = (bytes: number) => async (): Promise<boolean> => {
    const status = await askStatus(socket);
    const says = new RegExp(`carry ${bytes} bytes of pods' packets`);
    return status?.ready === true && status.problems.some(one => says.test(one));
  };
  const config = { cniVersion: '1.1.0', name: 'heddle', type: 'heddle-cni', socket };
  for (const [at, mtu] of [1300, 1280].entries()) {
    ip(node.netns, 'link', 'set', 'eth0', 'mtu', String(mtu));
    t.ok(await until(isTold(mtu - 50)), 'told, and ready');
    const netns = `${node.netns}-pod${at}`;
    addNetns(netns);
    t.teardown(() => removeNetns(netns));
    const environment = {
      CNI_CONTAINERID: `c${at}`,
      CNI_IFNAME: 'eth0',
      CNI_NETNS: netns,
      CNI_PATH: '/opt/cni/bin',
    };
    const added = await runPlugin({ ...environment, CNI_COMMAND: 'ADD' }, JSON.stringify(config));
    t.equal(added.exitCode, 0, added.stdout);
    t.match(ip(netns, '-6', 'address', 'show', 'dev', 'eth0'), /mtu 1280.*fd00:9::[0-9a-f]+\/128/s);
    const checked = { ...config, prevResult: JSON.parse(added.stdout) as object };
    const check = await runPlugin({ ...environment, CNI_COMMAND: 'CHECK' }, JSON.stringify(checked));
    t.equal(check.exitCode, 0, check.stdout);
  }
  stop.abort();
  t.equal((await running).code, 0);
});
