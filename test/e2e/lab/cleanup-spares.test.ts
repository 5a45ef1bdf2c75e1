// cleanup removes every trace of Heddle, and leaves everything of everybody else.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { stopDaemon } from '../../../lab/daemon.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { lastGoodPath, sourceKinds } from '../../../loader/config/source-kinds.ts';
import { heddlectl } from '../../support/heddlectl.ts';
import { mustExec, testLab } from '../../support/lab.ts';

const lab = await testLab(t, { podsPerNode: 1 });
const node = nodeNamed(lab, 'n1');

const SOMEBODY_ELSES = [
  'ip link add hdx0 type veth peer name hdx1',
  'ip link add other0 type vxlan id 7 dstport 8472 dev eth0',
  'ip route add blackhole 203.0.113.0/24',
  'ip route add 198.18.0.0/24 via 192.168.1.1',
  'ip neighbour add 192.168.1.77 lladdr 02:00:00:00:00:77 dev eth0',
  'nft add table inet mine',
  'nft add chain inet mine out { type nat hook postrouting priority 50 \\; }',
];

/** What the node's namespace holds, without what changes by itself. */
async function stateOf(): Promise<string> {
  const commands = [
    'ip -o link show',
    'ip -4 route show table all',
    'ip -6 route show table all proto static',
    'ip neighbour show nud permanent',
    'nft list ruleset',
  ];
  return mustExec(node, 'sh', '-c', commands.join('; '));
}

t.test('what others have made stays, and what Heddle has made goes', async t => {
  await mustExec(node, 'sh', '-ec', SOMEBODY_ELSES.join('\n'));
  const foreignFile = join(node.stateDir, 'notes.txt');
  writeFileSync(foreignFile, 'mine');
  const lastGood = sourceKinds.map(kind => lastGoodPath(node.stateDir, kind));
  for (const path of lastGood) writeFileSync(path, '{}');
  await stopDaemon(node);
  const { code, stderr } = await heddlectl('--lab', lab.options.name, '--node', 'n1', 'cleanup');
  t.equal(code, 0, stderr);

  const state = await stateOf();
  for (const kept of ['hdx0', 'other0', '203.0.113.0/24', '198.18.0.0/24', '192.168.1.77', 'table inet mine'])
    t.match(state, kept, `${kept} stays`);
  t.notMatch(state, /heddle|hd[0-9a-f]{11}|10\.244\.|fd00:244/, 'nothing of ours is left in the network');
  t.notOk(existsSync(node.pinRoot), 'nor on bpffs');
  t.notOk(existsSync(join(node.stateDir, 'attachments')), 'nor in the state directory');
  t.strictSame(lastGood.filter(existsSync), [], 'what objects said before is none of the next daemon');
  t.ok(existsSync(foreignFile), 'where a foreign file stays');
  t.equal(
    (await heddlectl('--lab', lab.options.name, '--node', 'n2', 'status')).code,
    0,
    'the other node is as it was',
  );
});
