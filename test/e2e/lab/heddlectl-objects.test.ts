// heddlectl shows what is there, in JSON for programs and in columns for people, also while the daemon is dead.
import { chmodSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { IfaceKind } from '../../../loader/abi/abi.gen.ts';
import { killDaemon } from '../../../lab/daemon.ts';
import { execIn } from '../../../lab/exec.ts';
import { builtFile } from '../../../lab/installation.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { heddlectl, heddlectlJson, statusJson } from '../../support/heddlectl.ts';
import { addressOf, mustExec, podNamed, testLab } from '../../support/lab.ts';

const lab = await testLab(t, { podsPerNode: 1 });
const [here, there] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n2-p1')];
const n1 = ['--lab', lab.options.name, '--node', 'n1'];
const remote = nodeNamed(lab, 'n2');

t.test('node list joins addresses and pod CIDRs of each node', async t => {
  t.match(await heddlectlJson(...n1, 'node', 'list'), [
    { name: 'n1', local: true, podCidrs: nodeNamed(lab, 'n1').podCidrs },
    { name: 'n2', local: false, podCidrs: remote.podCidrs },
  ]);
});

t.test('endpoint show tells all about a pod, by name and by address', async t => {
  const byName = await heddlectlJson(...n1, 'endpoint', 'show', `lab/${there.name}`);
  t.match(byName, [
    { address: there.addresses[0], kind: 'remote-pod', node: 'n2', route: { kind: 'overlay' } },
    { address: there.addresses[1], kind: 'remote-pod', node: 'n2', route: { kind: 'overlay' } },
  ]);
  const byAddress = await heddlectlJson(...n1, 'endpoint', 'show', addressOf(here, 'ipv4'));
  t.match(byAddress, [{ pod: `lab/${here.name}`, kind: 'local-pod', route: { kind: 'local' } }]);
  const missing = await heddlectl(...n1, 'endpoint', 'show', 'lab/nobody');
  t.match(missing, { code: 1, stderr: /^heddlectl: no endpoint has the pod 'lab\/nobody': .*\n$/ });
});

t.test('route list names the tunnel of every remote prefix', async t => {
  const routes = (await heddlectlJson(...n1, 'route', 'list')) as { prefix: string }[];
  for (const prefix of remote.podCidrs)
    t.match(
      routes.find(route => route.prefix === prefix),
      { kind: 'overlay', tunnel: remote.addresses[0] },
    );
});

t.test('stats count what was sent', async t => {
  const sent = async (): Promise<number> => {
    const rows = (await heddlectlJson(...n1, 'stats')) as {
      hook: string;
      verdict: string;
      packets: number;
    }[];
    return rows.find(row => row.hook === 'pod_tx' && row.verdict === 'REDIRECT_OVERLAY')?.packets ?? 0;
  };
  const before = await sent();
  await mustExec(here, 'ping', '-n', '-q', '-c', '5', '-i', '0.05', addressOf(there, 'ipv4'));
  t.equal((await sent()) - before, 5);
  const all = (await heddlectlJson(...n1, 'stats', '--all')) as { packets: number }[];
  t.ok(
    all.some(({ packets }) => packets === 0),
    '--all shows zeros too',
  );
});

t.test('maps, programs and links are listed', async t => {
  const ifaces = (await heddlectlJson(...n1, 'map', 'dump', 'hd_iface')) as { value: { kind: number } }[];
  t.same(ifaces.map(({ value }) => value.kind).sort(), [IfaceKind.POD, IfaceKind.UPLINK]);
  const maps = (await heddlectlJson(...n1, 'map', 'list')) as { name: string; entries: number }[];
  t.match(
    maps.find(({ name }) => name === 'hd_iface'),
    { entries: 2, type: 'hash', kind: 'rebuildable' },
  );
  const programs = (await heddlectlJson(...n1, 'prog', 'list')) as { hook: string }[];
  t.ok(programs.some(({ hook }) => hook === 'pod_tx'));
  const links = (await heddlectlJson(...n1, 'link', 'list')) as { hook: string; device?: string }[];
  t.ok(links.some(({ hook, device }) => hook === 'uplink_rx' && device === 'eth0'));
});

t.test('cleanup refuses while the daemon runs', async t => {
  const refused = await heddlectl(...n1, 'cleanup');
  t.match(refused, {
    code: 1,
    stderr: /^heddlectl: heddled is running on .*: stop it first, or use --force\n$/,
  });
});

t.test('everything works while the daemon is dead, and cleanup then leaves nothing', async t => {
  await killDaemon(nodeNamed(lab, 'n1'));
  t.match(await statusJson(...n1), { daemon: { running: false }, links: { detached: 0 } });
  const known = (await heddlectlJson(...n1, 'endpoint', 'list')) as { address: string }[];
  t.match(
    known.find(({ address }) => address === addressOf(here, 'ipv4')),
    { pod: `lab/${here.name}` },
  );
  t.match(await heddlectl(...n1, 'status'), { code: 1, stdout: /^stopped\ndaemon +not running on/ });
  t.match(await heddlectl(...n1, 'prog', 'list', '-o', 'wide'), { code: 0, stdout: /\bhd_route\b/ });

  const missing = /hd_route is not pinned under .*, but hd_\w+ is: its pin was removed/;
  rmSync(join(nodeNamed(lab, 'n1').pinRoot, 'maps', 'hd_route'));
  t.match(await heddlectlJson(...n1, 'endpoint', 'list'), known, 'what needs it not is read');
  t.match(await heddlectl(...n1, 'route', 'list'), { code: 1, stderr: missing });
  t.match(await statusJson(...n1), { pinProblems: [missing] });
  t.match(await heddlectl(...n1, '-j', 'doctor'), { code: 1, stdout: missing });
  const asNobody = ['--reuid', '65534', '--clear-groups', process.execPath, builtFile('heddlectl.mjs')];
  chmodSync(dirname(nodeNamed(lab, 'n1').socket), 0o700);
  t.match(await execIn(nodeNamed(lab, 'n1').netns, ['setpriv', ...asNobody, ...n1, 'policy', 'list']), {
    code: 1,
    stderr: /: run it as root\n$/,
  });

  t.match(await heddlectl(...n1, 'cleanup'), { code: 0, stdout: /heddle0: removed/ });
  t.match(await statusJson(...n1), { programs: 0, maps: [], links: { attached: 0 } });
  const node = nodeNamed(lab, 'n1');
  t.notMatch(await mustExec(node, 'ip', 'link'), /heddle0|hd[0-9a-f]{11}/);
  t.equal(await mustExec(node, 'nft', 'list', 'ruleset'), '');
  t.equal(await mustExec(node, 'ip', 'route', 'show', 'proto', '104'), '');
  t.equal(await mustExec(node, 'ip', '-6', 'route', 'show', 'proto', '104'), '');
  t.match(await heddlectlJson(...n1, 'cleanup'), [], 'a second time there is nothing');
});
