// Readiness is a claim with evidence: each condition that does not hold is told alike everywhere that tells readiness, begins
// once and ends once, and the node is ready again when its cause is gone.
//
// Kind: silence is taken for health. Examples: no pod CIDR, no address left, an announced address that is on no device, a state
// directory that cannot be written, another network configuration before ours, nft that fails, a socket that is gone.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { askStatus } from '../../../loader/api/status-client.ts';
import { ip } from '../../support/bpf/devices.ts';
import { contradictions, toldBy, type Told } from '../../support/told-readiness.ts';
import { eventually, until } from '../../support/until.ts';
import { confDir, node, path, putNode, socket } from './readiness-node.ts';

t.setTimeout(600_000);

interface LogLine {
  readonly msg: string;
  readonly level: string;
}

function logLines(): readonly LogLine[] {
  const lines = readFileSync(path('log'), 'utf8').trimEnd().split('\n');
  return lines.filter(line => line !== '').map(line => JSON.parse(line) as LogLine);
}

function remount(mode: 'ro' | 'rw'): void {
  execFileSync('mount', ['-o', `remount,${mode},size=512k`, path('state')]);
}

interface State {
  readonly title: string;
  /** Names of the conditions that do not hold then. */
  readonly unmet: readonly string[];
  readonly begin: () => void;
  readonly end: () => void;
  readonly says: RegExp;
  /** The Node is asked, too: it is told after ten seconds. */
  readonly isOnNode?: true;
}

const STATES: readonly State[] = [
  {
    title: 'no pod CIDR',
    unmet: ['pod-cidr'],
    begin: () => putNode([]),
    end: () => putNode(['10.9.1.0/24']),
    says: /^node own has no pod CIDR yet: its Node object must name one$/,
    isOnNode: true,
  },
  {
    title: 'a pod CIDR that no pod can have',
    unmet: ['pod-cidr'],
    begin: () => putNode(['127.0.0.0/24']),
    end: () => putNode(['10.9.1.0/24']),
    says: /^no pod CIDR of node own can be used: 127\.0\.0\.0\/24: /,
  },
  {
    title: "a pod CIDR of the underlay's",
    unmet: ['pod-cidr'],
    begin: () => putNode(['192.168.9.128/25']),
    end: () => putNode(['10.9.1.0/24']),
    says: /^no pod can have an address of pod CIDR 192\.168\.9\.128\/25 of node own, since it overlaps the underlay's network 192/,
  },
  {
    title: 'one family of two without a pod CIDR that can be used',
    unmet: ['pod-cidr'],
    begin: () => putNode(['10.9.1.0/24', 'fe80::/64']),
    end: () => putNode(['10.9.1.0/24']),
    says: /^no pod CIDR of node own can be used: fe80::\/64: /,
  },
  {
    title: 'no address left',
    unmet: ['addresses'],
    begin: () => putNode(['10.9.1.0/32']),
    end: () => putNode(['10.9.1.0/24']),
    says: /^no address is left in 10\.9\.1\.0\/32: delete pods/,
  },
  {
    title: 'an InternalIP that is on no device',
    unmet: ['node-addresses'],
    begin: () => putNode(['10.9.1.0/24'], '192.168.9.77'),
    end: () => putNode(['10.9.1.0/24']),
    says: /^the address 192\.168\.9\.77 of node own is on no device of this node: assign it/,
  },
  {
    title: 'the address taken off the uplink',
    unmet: ['node-addresses'],
    begin: () => ip(['address delete 192.168.9.1/24 dev eth0']),
    end: () => ip(['address add 192.168.9.1/24 dev eth0']),
    says: /^the address 192\.168\.9\.1 of node own is on no device/,
  },
  {
    title: 'the address on a device that is down',
    unmet: ['node-addresses'],
    begin: () => ip(['address delete 192.168.9.1/24 dev eth0', 'address add 192.168.9.1/32 dev held']),
    end: () => ip(['address delete 192.168.9.1/32 dev held', 'address add 192.168.9.1/24 dev eth0']),
    says: /^the address 192\.168\.9\.1 of node own is on held, which is down/,
  },
  {
    title: 'a state directory that is read-only',
    unmet: ['state-directory'],
    begin: () => remount('ro'),
    end: () => remount('rw'),
    says: /^the state directory .* cannot be used: EROFS.*make it writable/,
    isOnNode: true,
  },
  {
    title: 'a state directory that is full',
    unmet: ['state-directory'],
    begin: () =>
      execFileSync('sh', ['-c', `head -c 600000 /dev/zero > ${path('state/fill')} 2>/dev/null; true`]),
    end: () => rmSync(path('state/fill')),
    says: /^the state directory .* cannot be used: ENOSPC/,
  },
  {
    title: 'nft that fails',
    unmet: ['masquerade', 'firewall'],
    begin: () => {
      writeFileSync(path('broken'), '');
      execFileSync('/usr/sbin/nft', ['add', 'table', 'inet', 'other']);
    },
    end: () => rmSync(path('broken')),
    says: /^nft list .* failed: Error: out of order/,
  },
  {
    title: 'another network configuration before ours',
    unmet: ['cni-files'],
    begin: () =>
      writeFileSync(join(confDir, '05-other.conflist'), '{"name":"other","plugins":[{"type":"bridge"}]}'),
    end: () => rmSync(join(confDir, '05-other.conflist')),
    says: /05-other\.conflist comes before 10-heddle\.conflist and names bridge, so new pods get no network of Heddle/,
  },
];

/** What is told once it says this everywhere; the contradictions that stay if it never does. */
async function assertAlike(t: Test, unmet: readonly string[], isOnNode = true): Promise<Told> {
  let told = await toldBy(node);
  const isAlike = async (): Promise<boolean> => {
    told = await toldBy(node);
    const names = told.status?.unmet.map(({ name }) => name ?? '') ?? ['no answer'];
    return names.join() === unmet.join() && contradictions(told, isOnNode).length === 0;
  };
  t.ok(await until(isAlike), `told everywhere: ${unmet.join() || 'ready'}`);
  t.strictSame(contradictions(told, isOnNode), []);
  t.strictSame(
    told.status?.unmet.map(({ name }) => name),
    unmet,
    JSON.stringify(told.status?.problems),
  );
  return told;
}

t.test('it becomes ready, and all that tell it agree', async t => {
  t.ok(await until(async () => (await askStatus(socket))?.ready === true));
  await assertAlike(t, []);
});

for (const { title, unmet, begin, end, says, isOnNode = false } of STATES)
  t.test(title, async t => {
    const before = logLines().length;
    begin();
    const told = await assertAlike(t, unmet, isOnNode);
    const sentence = told.status?.problems[0] ?? '';
    t.match(sentence, says);
    end();
    const after = await assertAlike(t, []);
    t.strictSame(after.status?.problems, [], 'no problem is left');
    const lines = logLines().slice(before);
    const count = (text: string): number => lines.filter(({ msg }) => msg === text).length;
    t.equal(count(sentence), 1, 'it begins once in the log');
    t.equal(count(`over: ${sentence}`), 1, 'and ends once');
    // One line text is written five times a minute at most, and this node changes more often.
    for (const text of ['not ready', 'ready']) t.ok(count(text) <= 1, text);
  });

// Kind: what is ignored is used all the same. An address of lo on heddle0 as well was told with 'ip address delete 127.0.0.1 dev lo'.
t.test('a pod CIDR that is ignored beside a good one gives the overlay device no address', async t => {
  const addresses = (): string =>
    execFileSync('ip', ['-o', 'address', 'show', 'heddle0'], { encoding: 'utf8' });
  const problems = async (): Promise<readonly string[]> => (await askStatus(socket))?.problems ?? [];
  for (const odd of ['127.0.0.0/8', '169.254.1.0/24', '224.0.0.0/24', '0.0.0.0/0']) {
    putNode([odd, '10.9.1.0/24']);
    const said = new RegExp(`^pod CIDR ${odd} of node own is ignored`);
    t.ok(await until(async () => (await problems()).some(text => said.test(text))), odd);
    t.ok(await until(() => addresses().includes('10.9.1.1/')));
    t.match(addresses().match(/inet \S+/g), ['inet 10.9.1.1/32'], odd);
    t.equal((await problems()).length, 1, (await problems()).join());
  }
  putNode(['10.9.1.0/24']);
  await assertAlike(t, []);
});

// Kind: what others find the daemon by is taken away.
for (const [title, damage] of Object.entries({
  'the run directory removed': () => rmSync(path('run'), { recursive: true }),
  'the socket removed': () => rmSync(socket),
}))
  t.test(`${title}: it is made again`, async t => {
    damage();
    t.ok(await until(async () => (await askStatus(socket))?.ready === true));
    await assertAlike(t, []);
  });

t.test('a socket that cannot be made again is told where one can ask', async t => {
  rmSync(path('run'), { recursive: true });
  writeFileSync(path('run'), 'a file in the way');
  const readyz = async (): Promise<string> => (await fetch(`${node.metrics}/readyz`)).text();
  t.ok(await until(async () => /^the socket cannot be made: .*EEXIST|ENOTDIR/.test(await readyz())));
  const isTold = async (): Promise<boolean> => (await toldBy(node)).condition.reason === 'Socket';
  t.ok(await until(isTold), 'on the Node, too');
  rmSync(path('run'));
  await assertAlike(t, []);
});

t.test('files of the runtime that are gone are written again', async t => {
  rmSync(confDir, { recursive: true });
  t.equal(await eventually(() => existsSync(join(confDir, '10-heddle.conflist')), true), true);
  await assertAlike(t, []);
});
