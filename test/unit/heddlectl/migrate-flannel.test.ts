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

t.test('a ConfigMap of another program, a file that is no YAML: mistakes of the command line', async t => {
  for (const [file, told] of [
    ['other.yaml', /has no net-conf\.json: flannel's is kube-flannel-cfg/],
    ['broken.yaml', /broken\.yaml' is not YAML or JSON: .* at line 2, column 1\n$/],
    ['aliases.yaml', /aliases\.yaml' is not YAML or JSON: Excessive alias count/],
    ['empty.yaml', /empty\.yaml': this is not a net-conf\.json of flannel: the document: /],
    ['no-network.json', /no-network\.json': .*: Network is missing$/m],
    ['no-prefix.json', /no-prefix\.json': .*: Network '10\.244\.0\.0\/33' is not a network of IPv4$/m],
    ['absent.json', /absent\.json' cannot be read: /],
  ] as const) {
    const { code, stdout, stderr } = await migrate(file);
    t.equal(code, 2, file);
    t.equal(stdout, '');
    t.match(stderr, told);
    t.equal(stderr.trimEnd().split('\n').length, 1, 'one line');
  }
});

t.test('--nodes without a Node has checked nothing: status 1', async t => {
  for (const file of ['no-nodes.json', 'list.json', 'empty.yaml', 'net-conf.json']) {
    const { code, stdout } = await migrate('net-conf.json', '--nodes', join(folder, file));
    t.equal(code, 1, file);
    t.match(stdout, /^# cannot move: (no Node is among|a document is not a Node)/m, file);
  }
  const { code, stderr } = await heddlectl('migrate', 'flannel', '-', '--nodes', '-');
  t.match({ code, stderr }, { code: 2, stderr: /standard input is read once/ });
});
