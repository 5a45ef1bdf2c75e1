// What crosses the underlay is VXLAN as others understand it: tcpdump and tshark decode it without complaint.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { addressOf, mustExec, podNamed, testLab, type TestLabOptions } from '../../support/lab.ts';
import { captureDuring } from '../../support/underlay-capture.ts';
import { eachWay, failuresOf, serveAll } from '../../support/reach.ts';
import { streamArrives } from '../../support/stream.ts';

t.setTimeout(600_000);

const run = promisify(execFile);
const directory = mkdtempSync(join(tmpdir(), 'heddle-wire-'));
t.teardown(() => rmSync(directory, { recursive: true }));

const underlays: readonly (readonly [title: string, options: TestLabOptions, outer: string])[] = [
  ['IPv4 outside', {}, 'ip'],
  ['IPv6 outside', { underlayFamilies: 'ipv6' }, 'ipv6'],
];

for (const [title, options, outer] of underlays) {
  t.test(`${title}: every tunnel packet is whole, with right lengths and sums, and of our VNI`, async t => {
    const lab = await testLab(t, { ...options, podsPerNode: 1 });
    const [from, to] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n2-p1')];
    await serveAll(t, [from, to]);
    // Sums are computed by devices: only where nobody offloads them are they on the wire of a lab.
    for (const pod of lab.pods) await mustExec(pod, 'ethtool', '-K', 'eth0', 'tx', 'off');
    const file = join(directory, `${outer}.pcap`);
    await captureDuring(lab, file, async () => {
      const ways = [...eachWay(from, to, ['ipv4', 'ipv6']), ...eachWay(to, from, ['ipv4', 'ipv6'])];
      t.strictSame(await failuresOf(ways), []);
      for (const family of ['ipv4', 'ipv6'] as const)
        t.ok(await streamArrives(from.netns, to.netns, addressOf(to, family), 1));
    });

    const checks = ['ip', 'tcp', 'udp'].flatMap(name => ['-o', `${name}.check_checksum:TRUE`]);
    const tshark = (...words: string[]): Promise<string> =>
      run('tshark', ['-r', file, ...checks, ...words], { maxBuffer: 64 << 20 }).then(({ stdout }) =>
        stdout.trim(),
      );
    const wrong =
      '_ws.malformed || _ws.short || ip.checksum.status == 0 || tcp.checksum.status == 0 || udp.checksum.status == 0';
    t.equal(await tshark('-Y', wrong), '', 'tshark finds nothing malformed, cut short or badly summed');
    const fields = await tshark(
      '-Y',
      'vxlan',
      '-T',
      'fields',
      '-e',
      'vxlan.vni',
      '-e',
      'vxlan.flags',
      '-e',
      'udp.dstport',
    );
    const kinds = [...new Set(fields.split('\n').map(line => line.replace(/,\d+$/, '')))];
    t.strictSame(kinds, ['1\t0x0800\t4789'], 'VNI 1, the I flag alone, port 4789');
    const flows = await tshark('-Y', 'vxlan && tcp', '-T', 'fields', '-e', 'udp.srcport', '-e', 'tcp.stream');
    const portsOfFlows = new Set(flows.split('\n'));
    const streams = new Set(flows.split('\n').map(line => line.split('\t')[1]));
    t.equal(portsOfFlows.size, streams.size * 2, 'a flow has one outer source port in each direction');

    const { stdout, stderr } = await run('tcpdump', ['-n', '-vv', '-r', file], { maxBuffer: 64 << 20 });
    t.match(stdout, /VXLAN, flags \[I\] \(0x08\), vni 1/);
    t.strictSame(complaintsIn(stdout), [], 'tcpdump has no complaint either');
    t.notMatch(stderr, /truncated|error/i);
  });
}

/** tcpdump takes our echo port for AFS and source port 49152 for Broadcom's, and has not heard that a tunnel over IPv6 may do without a sum (RFC 6935). */
function complaintsIn(text: string): string[] {
  const known = /\[\|rx\]|\[bad udp cksum 0x0000 -> 0x[0-9a-f]{4}!\] (?:VXLAN|$)/gm;
  const lines = text.replaceAll(known, '').split('\n');
  return lines.filter(line => /\[\||truncated|\bbad\b|incorrect|invalid/i.test(line));
}
