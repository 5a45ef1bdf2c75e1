// What the commands about a whole node, labs and migration print, at 100 columns; and that every command has a golden file.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { stringify } from 'yaml';
import { commandTable } from '../../../cmd/heddlectl/completion/command-table.ts';
import { buildProgram } from '../../../cmd/heddlectl/program.ts';
import { startDaemon, stopDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { VERSION } from '../../../loader/version.ts';
import { goldenDifference, goldenText } from '../../support/golden.ts';
import { heddlectl } from '../../support/heddlectl.ts';
import { addressOf, labName, podNamed, testLab } from '../../support/lab.ts';
import { pingedUntil } from '../../support/traffic.ts';

t.setTimeout(600_000);

const WIDTH = 100;
const FOLDER = 'test/e2e/lab/golden';
process.env['COLUMNS'] = String(WIDTH);

const lab = await testLab(t, { podsPerNode: 1 });
const [name, other] = [lab.options.name, labName()];
const folder = mkdtempSync(join(tmpdir(), 'heddle-golden-'));
t.teardown(() => rmSync(folder, { recursive: true }));
const NODE = ['--lab', name, '--node', 'n1'];

function file(base: string, content: object): string {
  const path = join(folder, base);
  writeFileSync(path, stringify(content));
  return path;
}

const netConf = { Network: '10.244.0.0/16', Backend: { Type: 'vxlan', VNI: 1, Port: 8472 } };
const policy = {
  ...{
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'web', namespace: 'shop' },
  },
  spec: { podSelector: {}, policyTypes: ['Outwards'] },
};

const VALUES = [
  ['labs', /(?<=labs are ).*/g],
  ['other', new RegExp(`\\b${other}\\b`, 'g')],
  ['lab', new RegExp(`\\b${name}\\b`, 'g')],
  ['version', new RegExp(`(?<=version |heddled |\\t)${VERSION.replaceAll('.', '\\.')}`, 'g')],
  ['seconds', /\b\d+ s\b/g],
  ['count', /(?<=^(?:changes|links) +)\d+/gm],
  ['size', /\d+ files, \d+ [KM]iB/g],
  ['port', /(?<=\d:)\d+(?= \(lab)/g],
] as const;

interface Case {
  readonly name: string;
  readonly words: readonly string[];
  /** Lines of standard output that the file has; absent: all. Others depend on the machine. */
  readonly keep?: RegExp;
  /** The first of these alone: how many there are depends on time. */
  readonly isOne?: true;
  /** Progress, which says what is slow. */
  readonly isQuiet?: true;
}

const ACROSS = ['--only', 'pod to pod, other node'];
/** The table of a lab is as wide as its name, and other tests have labs, too. */
const TITLE = new RegExp(`^lab (?:${name}|${other}):`);
const CASES: readonly Case[] = [
  { name: 'status', words: [...NODE, 'status'] },
  { name: 'status-row', words: [...NODE, 'status', '--row'] },
  { name: 'service-list-empty', words: [...NODE, 'service', 'list'] },
  { name: 'service-show-missing', words: [...NODE, 'service', 'show', 'web'] },
  { name: 'doctor', words: [...NODE, 'doctor'], keep: /^CHECK|^(?:daemon|port|maps) / },
  {
    name: 'monitor-last',
    words: [...NODE, 'monitor', '--last', '5m', '--flows', '--proto', 'icmp'],
    keep: /new flow icmp 10/,
    isOne: true,
  },
  {
    name: 'sysdump',
    words: [...NODE, 'sysdump', '--time', '5m', join(folder, 'dump.tar.gz')],
    isQuiet: true,
  },
  { name: 'connectivity-test', words: ['--lab', name, 'connectivity', 'test', ...ACROSS] },
  { name: 'policy-check', words: ['policy', 'check', file('policy.yaml', policy)] },
  { name: 'migrate-flannel', words: ['migrate', 'flannel', file('net-conf.yaml', netConf)] },
  { name: 'migrate-remove-flannel', words: [...NODE, 'migrate', 'remove-flannel'] },
  { name: 'lab-list', words: ['lab', 'list'], keep: TITLE },
  {
    name: 'lab-exec',
    words: ['--lab', name, 'lab', 'exec', 'n1-p1', '--', 'cat', '/proc/sys/net/ipv4/ip_forward'],
  },
  {
    name: 'lab-up',
    words: ['lab', 'up', '--name', other, '--nodes', '1', '--pods', '1'],
    keep: TITLE,
    isQuiet: true,
  },
  { name: 'lab-down', words: ['lab', 'down', other] },
  { name: 'lab-down-missing', words: ['lab', 'down', 'nobody'] },
  { name: 'cleanup-refused', words: [...NODE, 'cleanup'] },
];

async function golden(t: Tap, { name: base, words, keep, isOne, isQuiet }: Case): Promise<void> {
  const outcome = await heddlectl(...words);
  const lines = outcome.stdout.split('\n');
  const kept = keep === undefined ? lines : lines.filter(line => keep.test(line));
  const stdout = kept.slice(0, isOne === true ? 1 : undefined).join('\n');
  const shown = { ...outcome, stdout, ...(isQuiet === true && { stderr: '' }) };
  t.strictSame(goldenDifference(join(FOLDER, `${base}.txt`), goldenText(words, shown, VALUES)), []);
  t.strictSame(
    lines.filter(line => line.length > WIDTH && !words.includes('--row')),
    [],
    'no line is longer than the screen',
  );
}

type Tap = Pick<typeof t, 'strictSame'>;

t.test('a flow to be told', async t => {
  t.ok(await pingedUntil(true, podNamed(lab, 'n1-p1').netns, addressOf(podNamed(lab, 'n2-p1'), 'ipv4')));
});

for (const one of CASES) t.test(one.name, t => golden(t, one));

t.test('cleanup', async t => {
  const node = nodeNamed(lab, 'n1');
  await stopDaemon(node);
  await golden(t, { name: 'status-stopped', words: [...NODE, 'status'], keep: /^stopped/ });
  await golden(t, { name: 'cleanup', words: [...NODE, 'cleanup'], keep: /heddle0|nftables|policies/ });
  startDaemon(node);
  await waitForDaemon(node);
});

t.test('every command has a golden file', async t => {
  const commands = readdirSync(FOLDER).map(base => {
    const [first = ''] = readFileSync(join(FOLDER, base), 'utf8').split('\n');
    return first.replace(/^\$ heddlectl /, '').replaceAll(/--(?:lab|node|config) \S+ /g, '');
  });
  const names = commandTable(await buildProgram())
    .filter(each => each.commands.length === 0)
    .map(({ path }) => path.join(' '));
  t.strictSame(
    names.filter(each => !commands.some(command => `${command} `.startsWith(`${each} `))),
    [],
  );
});
