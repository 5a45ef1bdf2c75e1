// A client that reads events too slowly loses some and gets their number; meanwhile the daemon answers others.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { heddlectl, heddlectlJson, outcomeOf, startHeddlectl } from '../../support/heddlectl.ts';
import { addressOf, mustExec, podNamed, testLab } from '../../support/lab.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

/** Events are off until somebody asks. */
const config = { flowHistory: { events: 0 } };
const lab = await testLab(t, { nodes: 1, families: 'ipv4', underlayFamilies: 'ipv4', config });
const [from, to] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n1-p2')];
const n1 = ['--lab', lab.options.name];
const folder = mkdtempSync(join(tmpdir(), 'heddle-slow-'));
t.teardown(() => rmSync(folder, { recursive: true }));

const FLOOD = 200_000;
const FLOODER = `
import socket, sys
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
out.connect((sys.argv[1], 9))
for _ in range(int(sys.argv[2])): out.send(b'x')
`;

function flood(count: number): Promise<string> {
  return mustExec(from, 'python3', '-c', FLOODER, addressOf(to, 'ipv4'), String(count));
}

/** As the programs have counted them. */
async function dropped(): Promise<number> {
  const rows = (await heddlectlJson(...n1, 'stats')) as { verdict: string; packets: number }[];
  return rows.find(({ verdict }) => verdict === 'DROP_POLICY_INGRESS')?.packets ?? 0;
}

async function denyEverything(): Promise<void> {
  const file = join(folder, 'deny.json');
  const object = {
    ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
    metadata: { name: 'deny', namespace: 'lab' },
    spec: { podSelector: {}, policyTypes: ['Ingress'] },
  };
  writeFileSync(file, JSON.stringify(object));
  await heddlectlJson(...n1, 'policy', 'apply', file);
  for (let tries = 0; (await dropped()) === 0; tries++) {
    if (tries === 100) throw new Error('the policy does not come into force');
    await flood(1);
  }
}

async function isListening(): Promise<boolean> {
  const [row] = (await heddlectlJson(...n1, 'map', 'dump', 'hd_control')) as { value: { events: number } }[];
  return row?.value.events !== 0;
}

interface Told {
  readonly events: number;
  readonly lost: number;
}

/** What whole lines of the monitor's output say so far. */
function toldIn(printed: string): Told {
  const lines = printed.split('\n').slice(0, -1);
  const lost = lines.reduce((sum, line) => sum + ((JSON.parse(line) as { lost?: number }).lost ?? 0), 0);
  return { events: lines.length, lost };
}

t.test('every drop is told or counted as lost', async t => {
  await denyEverything();
  const monitor = startHeddlectl(...n1, '-j', 'monitor', '--drops');
  const done = outcomeOf(monitor);
  let printed = '';
  monitor.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  t.ok(await until(isListening));
  const before = await dropped();
  monitor.kill('SIGSTOP');
  await flood(FLOOD);
  const status = await heddlectl(...n1, 'status');
  t.match(status.stdout, /^daemon +ready/m, 'the daemon answers');
  monitor.kill('SIGCONT');
  const isAllTold = async (): Promise<boolean> => {
    await flood(1); // an event tells how many before it were lost
    const due = (await dropped()) - before;
    const { events, lost } = toldIn(printed);
    return events + lost >= due;
  };
  t.ok(await until(isAllTold), 'all are');
  t.ok(toldIn(printed).lost > 0, `${toldIn(printed).lost} of ${FLOOD} were lost`);
  monitor.kill('SIGINT');
  t.equal((await done).code, 0);
});

t.test('a history that is off is said to be', async t => {
  t.match(await heddlectl(...n1, 'monitor', '--last', '5m'), {
    ...{ code: 1, stderr: 'heddlectl: the flow history is off: set flowHistory.events\n' },
  });
});
