// heddlectl migrate flannel reads flannel's files and what kubectl prints: none of them is Heddle's.
import { join } from 'node:path';
import t from 'tap';
import { parse, stringify } from 'yaml';
import { heddlectl } from '../../support/heddlectl.ts';

const NET_CONF = JSON.stringify({ Network: '10.244.0.0/16', Backend: { Type: 'vxlan', VNI: 7 } });
const SETTINGS = { tunnel: { port: 8472, vni: 7 } };

/** As kubectl prints it, with fields that Heddle does not read. */
const CONFIG_MAP = stringify({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kube-flannel-cfg', uid: 'x' } },
  data: { 'cni-conf.json': '{"name":"cbr0"}', 'net-conf.json': NET_CONF },
});

function node(name: string, vni: number, number: number): object {
  const annotations = {
    'flannel.alpha.coreos.com/kube-subnet-manager': 'true',
    'flannel.alpha.coreos.com/backend-type': 'vxlan',
    'flannel.alpha.coreos.com/backend-data': `{"VNI":${vni},"VtepMAC":"02:00:00:00:00:0${number}"}`,
    'flannel.alpha.coreos.com/public-ip': `192.0.2.${number}`,
  };
  return {
    ...{ apiVersion: 'v1', kind: 'Node', metadata: { name, uid: name, annotations } },
    spec: { podCIDR: `10.244.${number}.0/24`, podCIDRs: [`10.244.${number}.0/24`] },
    status: {
      addresses: [{ type: 'InternalIP', address: `192.0.2.${number}` }],
      images: [{ names: ['x'], sizeBytes: 7 }],
      nodeInfo: { kernelVersion: '6.12.48', kubeletVersion: 'v1.36.0', operatingSystem: 'linux' },
    },
  };
}

function nodes(...items: readonly object[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items, metadata: { resourceVersion: '' } });
}

const folder = t.testdir({
  'net-conf.json': NET_CONF,
  'flannel.yaml': CONFIG_MAP,
  'other.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\n',
  'broken.yaml': 'kind: [\n',
  'aliases.yaml': `a: &a [${'x,'.repeat(9)}]\nb: &b [${'*a,'.repeat(9)}]\nc: &c [${'*b,'.repeat(9)}]\nd: [${'*c,'.repeat(9)}]\n`,
  'empty.yaml': '',
  'comment.yaml': '# nothing yet\n---\n',
  'half.json': '{"Network":',
  'a-folder': { 'net-conf.json': NET_CONF },
  'subnet.env': 'FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.1.1/24\n',
  'cni-conf.json': '{"name":"cbr0","cniVersion":"1.0.0","plugins":[{"type":"flannel"}]}',
  'words.txt': 'please move my cluster\n',
  'pod.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: { name: x }\n',
  'other.json': '{"answer":42}',
  'odd-vni.json': '{"Network":"10.244.0.0/16","Backend":{"VNI":"x"}}',
  'odd-port.json': '{"Network":"10.244.0.0/16","Backend":{"Port":70000}}',
  'odd-backend.json': '{"Network":"10.244.0.0/16","Backend":"vxlan"}',
  'odd-flag.json': '{"Network":"10.244.0.0/16","EnableIPv6":"yes"}',
  'not-json.yaml': CONFIG_MAP.replace('{"Network"', '{Network'),
  'kube-flannel.yml': `kind: Namespace\nmetadata: { name: kube-flannel }\n---\n${CONFIG_MAP}---\nkind: DaemonSet\n`,
  'configmaps.yaml': stringify({ kind: 'List', items: [{ kind: 'ConfigMap', data: {} }, parse(CONFIG_MAP)] }),
  'mixed.yaml': `${JSON.stringify(node('a', 7, 1))}\n---\nkind: Pod\n`,
  'no-network.json': '{"Backend":{"Type":"vxlan"}}',
  'no-prefix.json': '{"Network":"10.244.0.0/33"}',
  'no-nodes.json': nodes(),
  'list.json': '[1, 2]',
  'nodes.json': nodes(node('a', 7, 1), node('b', 7, 2)),
  'nodes-of-another-vni.json': nodes(node('a', 7, 1), node('b', 1, 2)),
});

function migrate(file: string, ...words: readonly string[]) {
  return heddlectl('migrate', 'flannel', join(folder, file), ...words);
}

for (const file of ['net-conf.json', 'flannel.yaml'])
  t.test(`${file} becomes a heddled.yaml`, async t => {
    const { code, stdout, stderr } = await migrate(file);
    t.equal(code, 0, stderr);
    t.strictSame(parse(stdout), SETTINGS);
  });

t.test('--configmap: the same settings in the ConfigMap', async t => {
  const { code, stdout, stderr } = await migrate('flannel.yaml', '--configmap');
  t.equal(code, 0, stderr);
  const { kind, data } = parse(stdout) as { kind: string; data: Readonly<Record<string, string>> };
  t.equal(kind, 'ConfigMap');
  t.match(parse(data['heddled.yaml'] ?? ''), SETTINGS);
});

t.test('--nodes: each Node of the List is looked at', async t => {
  const well = await migrate('flannel.yaml', '--nodes', join(folder, 'nodes.json'));
  t.equal(well.code, 0, well.stderr);
  t.notMatch(well.stdout, /cannot move|before:/);
  const odd = await migrate('flannel.yaml', '--nodes', join(folder, 'nodes-of-another-vni.json'));
  t.equal(odd.code, 1);
  t.strictSame(odd.stdout.match(/^# cannot move: .*/gm), [
    '# cannot move: node b: annotation flannel.alpha.coreos.com/backend-data has VNI 1, and this node 7: set tunnel.vni to 1',
  ]);
});

const CONFIGURATION =
  "expected is flannel's net-conf.json, or the ConfigMap that has it (kube-flannel-cfg; Canal's is canal-config)";
const NODES = "expected is what 'kubectl get nodes -o json' prints";

/** What nobody can convert, and what the one sentence calls it. */
const NOT_ASKED = {
  'other.yaml': 'a ConfigMap without net-conf.json',
  'broken.yaml': 'neither JSON nor YAML (line 2, column 1)',
  'aliases.yaml': 'neither JSON nor YAML (its aliases have no end)',
  'half.json': 'neither JSON nor YAML (line 1, column 12)',
  'empty.yaml': 'empty',
  'comment.yaml': 'empty',
  'a-folder': 'a directory',
  'subnet.env': "flannel's subnet.env, which is of one node",
  'cni-conf.json': 'a network configuration of CNI',
  'no-nodes.json': 'a List without an object',
  'list.json': 'a list of values',
  'words.txt': 'plain text',
  'pod.yaml': 'of kind Pod',
  'other.json': 'an object of answer',
} as const;

t.test(
  'what is not asked is refused in one sentence: the file, what it is, and what is expected',
  async t => {
    for (const [file, what] of Object.entries(NOT_ASKED))
      for (const [words, expected] of [
        [['migrate', 'flannel', join(folder, file)], CONFIGURATION],
        [['migrate', 'flannel', join(folder, 'net-conf.json'), '--nodes', join(folder, file)], NODES],
      ] as const) {
        const { code, stdout, stderr } = await heddlectl(...words);
        t.match({ code, stdout }, { code: 2, stdout: '' }, file);
        t.equal(stderr, `heddlectl: file '${join(folder, file)}' is ${what}: ${expected}\n`);
      }
    for (const [words, what] of [
      [
        ['absent.json'],
        /absent\.json' cannot be read \(ENOENT: no such file or directory\): expected is flannel's/,
      ],
      [['nodes.json'], /nodes\.json' is of kind Node: expected is flannel's/],
      [
        ['flannel.yaml', '--nodes', join(folder, 'net-conf.json')],
        /is flannel's net-conf\.json: expected is what/,
      ],
    ] as const) {
      const [file, ...more] = words;
      const { code, stderr } = await migrate(file, ...more);
      t.equal(code, 2);
      t.match(stderr, what);
    }
  },
);

t.test('a net-conf.json with a mistake: the field, its value, and what it must be', async t => {
  for (const [file, told] of [
    ['no-network.json', 'Network is missing'],
    ['no-prefix.json', "Network '10.244.0.0/33' is not a network of IPv4"],
    ['odd-vni.json', 'Backend.VNI is "x", and must be a whole number from 0 to 16777215'],
    ['odd-port.json', 'Backend.Port is 70000, and must be a whole number from 1 to 65535'],
    ['odd-backend.json', 'Backend is "vxlan", and must be an object with a Type'],
    ['odd-flag.json', 'EnableIPv6 is "yes", and must be true or false'],
    ['not-json.yaml', 'it is not JSON, such as {"Network": "10.244.0.0/16", "Backend": {"Type": "vxlan"}}'],
  ] as const) {
    const { code, stdout, stderr } = await migrate(file);
    t.match({ code, stdout }, { code: 2, stdout: '' }, file);
    const sentence = `this is not a net-conf.json of flannel: ${told}`;
    t.equal(stderr, `heddlectl: file '${join(folder, file)}': ${sentence}\n`);
  }
});

t.test("flannel's whole manifest, and a List of ConfigMaps, have the ConfigMap in them", async t => {
  for (const file of ['kube-flannel.yml', 'configmaps.yaml']) {
    const { code, stdout, stderr } = await migrate(file);
    t.equal(code, 0, stderr);
    t.strictSame(parse(stdout), SETTINGS, file);
  }
});

t.test('--nodes: what is no Node beside Nodes; standard input twice', async t => {
  const { code, stdout } = await migrate('net-conf.json', '--nodes', join(folder, 'mixed.yaml'));
  t.equal(code, 1);
  t.match(stdout, /^# cannot move: a document is not a Node/m);
  const twice = await heddlectl('migrate', 'flannel', '-', '--nodes', '-');
  t.match(twice, { code: 2, stderr: /standard input is read once/ });
});

t.test('remove-flannel --subnet-file takes a subnet.env, and nothing else', async t => {
  for (const [file, what] of [
    ['a-folder', 'a directory'],
    ['net-conf.json', 'without a line FLANNEL_…='],
    ['words.txt', 'without a line FLANNEL_…='],
  ] as const) {
    const path = join(folder, file);
    const removed = await heddlectl('migrate', 'remove-flannel', '--dry-run', '--subnet-file', path);
    t.equal(removed.code, 2);
    t.equal(
      removed.stderr,
      `heddlectl: --subnet-file: '${path}' is ${what}: expected is what flannel has written at /run/flannel/subnet.env\n`,
    );
  }
});
