// What a start waits for: said in a sentence, nothing touched meanwhile, and over as soon as the obstacle is gone.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { kubeconfig } from '../../support/api-server/kubeconfig.ts';
import { runDaemon, scratchConfig, scratchNode, type ScratchNode } from '../../support/scratch-daemon.ts';

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
