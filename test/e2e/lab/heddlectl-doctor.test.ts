// heddlectl doctor: silent about a healthy node; each thing that is broken is named, and its command mends it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { execIn } from '../../../lab/exec.ts';
import { builtFile } from '../../../lab/installation.ts';
import { ipIn } from '../../../lab/iproute.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { attachForeign } from '../../support/foreign-program.ts';
import { heddlectl } from '../../support/heddlectl.ts';
import { mustExec, testLab } from '../../support/lab.ts';

interface Finding {
  readonly check: string;
  readonly severity: string;
  readonly text: string;
  readonly command?: string;
}

const lab = await testLab(t, { podsPerNode: 0, config: { maps: { endpoints: 256 } } });
const n1 = nodeNamed(lab, 'n1');
const cniDirectory = mkdtempSync(join(tmpdir(), 'heddle-doctor-'));
t.teardown(() => {
  rmSync(cniDirectory, { recursive: true });
});

async function troubles(): Promise<{ readonly code: number; readonly found: readonly Finding[] }> {
  const words = ['--lab', lab.options.name, '--node', 'n1', '-j', 'doctor', '--cni-dir', cniDirectory];
  const { code, stdout } = await heddlectl(...words);
  const found = JSON.parse(stdout) as readonly Finding[];
  // Whether this machine's clock is synchronised is no matter of the lab.
  return { code, found: found.filter(({ check, severity }) => check !== 'clock' && severity !== 'ok') };
}

t.test('a healthy node has no troubles', async t => {
  t.strictSame(await troubles(), { code: 0, found: [] });
});

t.test("a lab is not evaluated by the machine's container runtime", async t => {
  const { stdout } = await heddlectl('--lab', lab.options.name, '--node', 'n1', '-j', 'doctor');
  const checks = (JSON.parse(stdout) as readonly Finding[]).map(({ check }) => check);
  t.ok(checks.includes('sysctl'));
  t.notOk(checks.includes('cni'));
});

t.test("nor is an install in a network namespace that is not the machine's first", async t => {
  const inNode = (...words: string[]) => {
    const heddlectl = [
      process.execPath,
      builtFile('heddlectl.mjs'),
      '--config',
      n1.configFile,
      '-j',
      ...words,
    ];
    return execIn(n1.netns, heddlectl);
  };
  const { stdout } = await inNode('doctor');
  const checks = (JSON.parse(stdout) as readonly Finding[]).map(({ check }) => check);
  t.ok(checks.includes('sysctl'));
  t.notOk(checks.includes('cni'));
  const named = await inNode('doctor', '--cni-dir', cniDirectory);
  t.ok(
    (JSON.parse(named.stdout) as readonly Finding[]).some(({ check }) => check === 'cni'),
    'unless it is named',
  );
});

interface Breakage {
  readonly title: string;
  readonly breakIt: () => unknown;
  readonly expected: { readonly check: string; readonly severity: string; readonly text: RegExp };
}

const BREAKAGES: readonly Breakage[] = [
  {
    title: 'another vxlan device on the port',
    breakIt: () => ipIn(n1.netns, ['link add other type vxlan id 7 dstport 4789 dev eth0']),
    expected: { check: 'port', severity: 'error', text: /VXLAN device other holds UDP port 4789/ },
  },
  {
    title: 'a strict reverse path filter',
    breakIt: () => mustExec(n1, 'sysctl', '-w', 'net.ipv4.conf.eth0.rp_filter=1'),
    expected: { check: 'sysctl', severity: 'warning', text: /reverse path filter of eth0 is strict/ },
  },
  {
    title: 'a rule that drops the port',
    breakIt: () =>
      mustExec(
        n1,
        'nft',
        'add table inet strict; add chain inet strict in { type filter hook input priority 0; }; add rule inet strict in udp dport 4789 drop',
      ),
    expected: {
      check: 'firewall',
      severity: 'warning',
      text: /inet strict in \(input\) drops UDP port 4789/,
    },
  },
  {
    title: 'a rule that takes packets past FORWARD',
    breakIt: () => {
      const chain = `add chain netdev short in { type filter hook ingress device "heddle0" priority 0; }`;
      const rule = 'add rule netdev short in ip daddr 198.51.100.2 fwd ip to 192.168.1.1 device eth0';
      return mustExec(n1, 'nft', `add table netdev short; ${chain}; ${rule}`);
    },
    expected: {
      check: 'bypass',
      severity: 'warning',
      text: /chain netdev short in takes packets past FORWARD/,
    },
  },
  {
    title: "another CNI's configuration before ours",
    breakIt: () => {
      writeFileSync(join(cniDirectory, '00-other.conf'), '{"type":"bridge"}');
      const own = { type: 'heddle-cni', socket: n1.socket };
      writeFileSync(join(cniDirectory, '10-heddle.conf'), JSON.stringify(own));
    },
    expected: { check: 'cni', severity: 'error', text: /00-other\.conf comes first and names bridge/ },
  },
  {
    title: 'a socket that others may use',
    breakIt: () => mustExec(n1, 'chmod', '666', n1.socket),
    expected: { check: 'files', severity: 'error', text: /has the mode 0666/ },
  },
];

for (const { title, breakIt, expected } of BREAKAGES) {
  t.test(`${title} is named, and mended by its command`, async t => {
    await breakIt();
    const { code, found } = await troubles();
    const named = found.filter(({ check }) => check !== 'daemon'); // it may complain of the same
    t.match(named, [expected]);
    t.equal(named.length, 1, 'and nothing else');
    const twice = found.filter(
      ({ text, command }) => /: (remove|drain|mv) /.test(text) && command !== undefined,
    );
    t.strictSame(twice, [], 'what the daemon reports with its cure gets no other one');
    t.equal(code, found.some(({ severity }) => severity === 'error') ? 1 : 0);
    const mended = await execIn(n1.netns, ['sh', '-c', named[0]?.command ?? 'false']);
    t.equal(mended.code, 0, `${named[0]?.command ?? 'no command'}: ${mended.stderr}`);
    const after = (await troubles()).found.filter(({ check }) => check !== 'daemon');
    t.strictSame(after, []);
  });
}

t.test('a foreign program on the uplink is named', async t => {
  const ifindex = Number(/^\d+/.exec(await mustExec(n1, 'ip', '-o', 'link', 'show', 'eth0'))?.[0]);
  const { linkId } = attachForeign(t, { ifindex, direction: 'ingress', netns: n1.netns });
  const { found } = await troubles();
  t.match(found, [{ check: 'programs', severity: 'warning', command: `bpftool link detach id ${linkId}` }]);
});

/** A bridge leaves room for a VLAN tag beside the MTU of its port (is_skb_forwardable() in include/linux/netdevice.h). */
t.test('a narrow link on the way is found though no ICMP tells of it', async t => {
  ipIn(lab.fabricNetns, ['link set n2 mtu 1400']);
  const { code, found } = await troubles();
  t.match(found, [{ check: 'path', severity: 'error', text: /1354 bytes and not of 1450.* is 1404$/ }]);
  t.match(found[0]?.command, /mtu: 1404/);
  t.equal(code, 1);
  ipIn(lab.fabricNetns, ['link set n2 mtu 1500']);
});

t.test('a closed tunnel port on the way is found', async t => {
  const table =
    'add table bridge wall; add chain bridge wall f { type filter hook forward priority 0; }; add rule bridge wall f udp dport 4789 drop';
  await mustExec({ netns: lab.fabricNetns }, 'nft', table);
  const { code, found } = await troubles();
  t.match(found, [
    {
      check: 'path',
      severity: 'error',
      text: /UDP port 4789 to n2 .*the node answers outside of it.*a firewall, or tunnel\.port/,
    },
  ]);
  t.equal(code, 1);
  await mustExec({ netns: lab.fabricNetns }, 'nft', 'delete table bridge wall');
  t.notOk((await troubles()).found.some(({ check }) => check === 'path'));
});

t.test('an offload that spoils sums inside of the tunnel is found', async t => {
  await mustExec(n1, 'ethtool', '-K', 'eth0', 'tx', 'off'); // else no sum is made that could be spoiled
  const inner = 8 + 8 + 14; // after the UDP and VXLAN headers and the inner Ethernet header
  const spoil = `udp dport 4789 @th,${8 * (inner + 9)},8 6 @th,${8 * (inner + 20 + 16)},16 set 0xdead`;
  const table = `add table bridge wire; add chain bridge wire f { type filter hook forward priority 0; }; add rule bridge wire f ${spoil}`;
  await mustExec({ netns: lab.fabricNetns }, 'nft', table);
  const { code, found } = await troubles();
  t.match(found, [
    { check: 'checksum', severity: 'error', text: /^n2 .* answers ping and not TCP: an offload of eth0/ },
  ]);
  t.match(found[0]?.command, /^ethtool -K eth0 tx off$/);
  t.equal(code, 1);
  await mustExec({ netns: lab.fabricNetns }, 'nft', 'delete table bridge wire');
});

t.test('a map that is nearly full is named, with the setting', async t => {
  const pods = Array.from({ length: 205 }, (_, i) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `many-${i}`, namespace: 'many' },
    spec: { nodeName: 'n2' },
    status: { podIPs: [{ ip: `10.244.2.${i + 20}` }] },
  }));
  writeFileSync(
    join(lab.manifests, 'many.json'),
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: pods }),
  );
  let found: readonly Finding[] = [];
  for (let tries = 0; tries < 20 && found.length === 0; tries++) found = (await troubles()).found;
  t.match(found, [{ check: 'maps', severity: 'warning', text: /hd_endpoint/ }]);
  rmSync(join(lab.manifests, 'many.json'));
});
