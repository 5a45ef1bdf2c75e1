// cross-subnet: neighbours send each other plain packets, and nodes beyond a router encapsulated ones.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { nodeNamed } from '../../../lab/lab.ts';
import { addressOf, mustExec, podNamed, testLab } from '../../support/lab.ts';
import { ping } from '../../support/traffic.ts';
import { captureDuring } from '../../support/underlay-capture.ts';

const run = promisify(execFile);
const directory = mkdtempSync(join(tmpdir(), 'heddle-cross-subnet-'));
t.teardown(() => rmSync(directory, { recursive: true }));

// n1 and n2 share a subnet; n3 is behind a router.
const lab = await testLab(t, { encapsulation: 'cross-subnet', underlay: 'paired', nodes: 3, podsPerNode: 1 });
const from = podNamed(lab, 'n1-p1');

for (const family of ['ipv4', 'ipv6'] as const) {
  for (const [name, device, echoes] of [
    ['n2', 'eth0', 'plain'],
    ['n3', 'heddle0', 'encapsulated'],
  ] as const) {
    const to = addressOf(podNamed(lab, `${name}-p1`), family);
    t.test(`${family} to ${name} is ${echoes}`, async t => {
      const [route] = JSON.parse(await mustExec(nodeNamed(lab, 'n1'), 'ip', '-j', 'route', 'get', to)) as [
        { dev: string },
      ];
      t.equal(route.dev, device, 'by the host route');
      const file = join(directory, `${family}-${name}.pcap`);
      await captureDuring(lab, file, async () => {
        t.ok(await ping(from.netns, to), 'the pod is answered');
      });
      const filter = family === 'ipv4' ? `ip.addr == ${to} && icmp` : `ipv6.addr == ${to} && icmpv6`;
      const { stdout } = await run('tshark', [
        '-r',
        file,
        '-Y',
        filter,
        '-T',
        'fields',
        '-e',
        'frame.protocols',
      ]);
      const kinds = stdout
        .trim()
        .split('\n')
        .map(line => (line.includes('vxlan') ? 'encapsulated' : 'plain'));
      t.strictSame(kinds, [echoes, echoes], 'request and reply on the wire');
    });
  }
}
