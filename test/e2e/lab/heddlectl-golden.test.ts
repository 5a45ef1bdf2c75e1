// What every command prints, at 100 columns, of a lab with policies: as its golden file has it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { stringify } from 'yaml';
import { commandTable } from '../../../cmd/heddlectl/completion/command-table.ts';
import { buildProgram } from '../../../cmd/heddlectl/program.ts';
import { VERSION } from '../../../loader/version.ts';
import { startEtcd } from '../../support/etcd.ts';
import { goldenDifference, goldenText } from '../../support/golden.ts';
import { heddlectl, heddlectlJson } from '../../support/heddlectl.ts';
import { addressOf, podNamed, testLab } from '../../support/lab.ts';
import { ping, pingedUntil } from '../../support/traffic.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const WIDTH = 100;
const FOLDER = 'test/e2e/lab/golden';
process.env['COLUMNS'] = String(WIDTH);

const lab = await testLab(t, { podsPerNode: 1 });
const name = lab.options.name;
const [here, there] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n2-p1')];
const folder = mkdtempSync(join(tmpdir(), 'heddle-golden-'));
t.teardown(() => rmSync(folder, { recursive: true }));
const etcd = await startEtcd(t);

function file(base: string, ...objects: object[]): string {
  const path = join(folder, base);
  writeFileSync(path, objects.map(object => stringify(object)).join('---\n'));
  return path;
}

const web = {
  ...{
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'web', namespace: 'lab' },
  },
  spec: {
    ...{ podSelector: {}, policyTypes: ['Ingress'] },
    ingress: [
      { from: [{ namespaceSelector: {} }], ports: [{ protocol: 'TCP', port: 80, endPort: 90 }] },
      {
        from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }],
        ports: [{ protocol: 'UDP', port: 53 }],
      },
    ],
  },
};
const noSsh = {
  ...{
    apiVersion: 'policy.networking.k8s.io/v1alpha2',
    kind: 'ClusterNetworkPolicy',
    metadata: { name: 'no-ssh' },
  },
  spec: {
    ...{ tier: 'Admin', priority: 7, subject: { namespaces: {} } },
    ingress: [
      {
        ...{ name: 'ssh', action: 'Deny', from: [{ namespaces: {} }] },
        protocols: [{ tcp: { destinationPort: { number: 22 } } }],
      },
    ],
  },
};
const calico = { apiVersion: 'projectcalico.org/v3', kind: 'GlobalNetworkPolicy', metadata: { name: 'x' } };
const broken = { ...web, spec: { podSelector: 7, policyTypes: ['Outwards'], ingres: [] } };
const etcdConfig = file('etcd.yaml', { source: { kind: 'etcd', etcd: { endpoints: etcd.endpoint } } });

interface Case {
  /** Of the golden file. */
  readonly name: string;
  readonly words: readonly string[];
  /** Lines of it that the file has, beside the first; absent: all. */
  readonly keep?: RegExp;
  /** Rows of a hash map come in any order. */
  readonly isUnordered?: true;
}

const NODE = ['--lab', name, '--node', 'n1'];
const CLUSTER = ['--config', etcdConfig];

async function golden(t: Tap, { name: base, words, keep, isUnordered }: Case): Promise<void> {
  const outcome = await heddlectl(...words);
  const lines = outcome.stdout.split('\n');
  const [first = '', ...rest] =
    keep === undefined ? lines : lines.filter((line, i) => i === 0 || keep.test(line));
  const stdout = [first, ...rest];
  const values = [
    ['lab', new RegExp(`\\b${name}\\b`, 'g')],
    ['etcd', new RegExp(etcd.endpoint.replaceAll('.', '\\.'), 'g')],
    ['kernel', new RegExp(release().replaceAll('.', '\\.'), 'g')],
    ['version', new RegExp(`(?<=heddlectl:? )${VERSION.replaceAll('.', '\\.')}`, 'g')],
    ['port', /(?<=:)\d+(?= lab\/n1-p1)/g],
  ] as const;
  const text = goldenText(words, { ...outcome, stdout: stdout.join('\n') }, values);
  t.strictSame(
    goldenDifference(join(FOLDER, `${base}.txt`), isUnordered === true ? withSortedRows(text) : text),
    [],
  );
  const isWide = words.includes('--wide');
  t.strictSame(
    lines.filter(line => line.length > WIDTH && !isWide),
    [],
    'no line is longer than the screen',
  );
}

/** Below the command and the header. */
function withSortedRows(text: string): string {
  const [command = '', header = '', ...rows] = text.trimEnd().split('\n');
  return `${[command, header, ...rows.sort()].join('\n')}\n`;
}

type Tap = Pick<typeof t, 'strictSame' | 'ok'>;

const node = (base: string, ...words: string[]): Case => ({ name: base, words: [...NODE, ...words] });
const cluster = (base: string, ...words: string[]): Case => ({
  name: base,
  words: [...CLUSTER, 'cluster', ...words],
});

/** In this order: some change what later ones print. */
const CASES: readonly Case[] = [
  { name: 'version', words: ['version'] },
  { name: 'version-yaml', words: ['version', '-o', 'yaml'] },
  { name: 'completion', words: ['completion', 'fish'] },
  node('policy-list-empty', 'policy', 'list'),
  node('policy-show-open', 'policy', 'show', 'lab/n1-p1'),
  node('policy-apply', 'policy', 'apply', file('no-ssh.yaml', noSsh)),
  node('policy-apply-broken', 'policy', 'apply', file('broken.yaml', broken, calico)),
  node('apply', 'apply', '--confirm', '1h', file('web.yaml', web)),
  node('apply-broken', 'apply', file('broken.yaml', broken, calico)),
  node('confirm', 'confirm'),
  node('policy-list', 'policy', 'list'),
  node('policy-show', 'policy', 'show', 'lab/n1-p1'),
  node(
    'trace',
    'trace',
    '--from',
    'lab/n2-p1',
    '--to',
    'lab/n1-p1',
    '--port',
    '22',
    '--source-port',
    '40000',
  ),
  node('node-list', 'node', 'list'),
  node('endpoint-list', 'endpoint', 'list'),
  node('endpoint-show', 'endpoint', 'show', 'lab/n2-p1'),
  node('endpoint-show-missing', 'endpoint', 'show', 'lab/nobody'),
  node('route-list', 'route', 'list'),
  node('conntrack-list', 'conntrack', 'list', '--pod', 'lab/n1-p1', '--wide'),
  node('conntrack-flush', 'conntrack', 'flush', '--pod', 'lab/n1-p1'),
  node('conntrack-list-empty', 'conntrack', 'list', '--pod', 'lab/n1-p1'),
  { ...node('map-list', 'map', 'list'), keep: /^hd_(iface|node|route|rule) / },
  { ...node('map-dump', 'map', 'dump', 'hd_iface'), isUnordered: true },
  { ...node('map-dump-words', 'map', 'dump', 'hd_rule'), isUnordered: true },
  node('prog-list', 'prog', 'list'),
  node('link-list', 'link', 'list'),
  { ...node('stats', 'stats'), keep: /pod_tx +REDIRECT_OVERLAY/ },
  node('policy-delete', 'policy', 'delete', 'netpol', 'lab/web'),
  node('policy-delete-missing', 'policy', 'delete', 'netpol', 'lab/web'),
  node('rollback', 'rollback'),
  cluster('cluster-get-uninitialised', 'get'),
  cluster('cluster-init', 'init', '--pod-cidr', '10.99.0.0/16', 'fd00:99::/48'),
  cluster('cluster-get-empty', 'get'),
  cluster('cluster-apply', 'apply', file('objects.yaml', web, noSsh)),
  cluster('cluster-apply-broken', 'apply', file('broken.yaml', broken, calico)),
  cluster('cluster-get', 'get'),
  cluster('cluster-get-yaml', 'get', 'netpol', '-o', 'yaml'),
  cluster('cluster-delete', 'delete', 'netpol', 'lab/web'),
  cluster('cluster-delete-missing', 'delete', 'netpol', 'lab/web'),
];

t.test('the lab carries packets', async t => {
  t.ok(await pingedUntil(true, here.netns, addressOf(there, 'ipv4')));
});

/** Right before they are looked at: echoes are forgotten after half a minute. */
const BEFORE: Readonly<Record<string, (t: Pick<Tap, 'ok'>) => Promise<void>>> = {
  trace: untilActive,
  'conntrack-list': oneFlow,
};

for (const one of CASES) {
  const before = BEFORE[one.name];
  if (before !== undefined) t.test(`before ${one.name}`, before);
  t.test(one.name, t => golden(t, one));
}

async function oneFlow(t: Pick<Tap, 'ok'>): Promise<void> {
  await heddlectl(...NODE, 'conntrack', 'flush');
  t.ok(await ping(here.netns, addressOf(there, 'ipv4')), 'it is answered');
}

async function untilActive(t: Pick<Tap, 'ok'>): Promise<void> {
  const asked = ['trace', '--from', 'lab/n2-p1', '--to', 'lab/n1-p1', '--port'];
  const isDropped = async (port: string): Promise<boolean> =>
    ((await heddlectlJson(...NODE, ...asked, port)) as { outcome: string }).outcome === 'dropped';
  t.ok(await until(() => isDropped('22')), 'no-ssh');
  t.ok(await until(() => isDropped('9')), 'web');
}

t.test('help fits, too, and says what each command is for', async t => {
  for (const { path, description } of commandTable(await buildProgram())) {
    const { code, stdout } = await heddlectl(...path, '--help');
    t.equal(code, 0, path.join(' '));
    t.ok(description.length > 0 && stdout.includes(description.slice(0, 30)), path.join(' '));
    t.strictSame(
      stdout.split('\n').filter(line => line.length > WIDTH),
      [],
      path.join(' '),
    );
  }
});
