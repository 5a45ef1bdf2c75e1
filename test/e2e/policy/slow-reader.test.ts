// Who reads events too slowly loses some and is told how many; meanwhile the daemon answers others.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { heddlectl, heddlectlJson, outcomeOf, startHeddlectl } from '../../support/heddlectl.ts';
import { addressOf, mustExec, podNamed, testLab } from '../../support/lab.ts';

t.setTimeout(120_000);

const lab = await testLab(t, { nodes: 1, families: 'ipv4', underlayFamilies: 'ipv4' });
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

async function untilListening(): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const [row] = (await heddlectlJson(...n1, 'map', 'dump', 'hd_control')) as {
      value: { events: number };
    }[];
    if (row?.value.events !== 0) return;
  }
  throw new Error('heddlectl monitor does not listen');
}

t.test('every drop is told or counted as lost', async t => {
  await denyEverything();
  const monitor = startHeddlectl(...n1, '-j', 'monitor', '--drops');
  const done = outcomeOf(monitor);
  await untilListening();
  const before = await dropped();
  monitor.kill('SIGSTOP');
  await flood(FLOOD);
  const status = await heddlectl(...n1, 'status');
  t.match(status.stdout, /^daemon +ready/, 'the daemon answers');
  monitor.kill('SIGCONT');
  await sleep(1_000);
  await flood(1); // tells what was lost last
  await sleep(200);
  monitor.kill('SIGINT');
  const { code, stdout } = await done;
  t.equal(code, 0);
  const events = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as { lost?: number });
  const lost = events.reduce((sum, event) => sum + (event.lost ?? 0), 0);
  t.ok(lost > 0, `${lost} of ${FLOOD} were lost`);
  t.ok(events.length + lost >= (await dropped()) - before, `${events.length} were told`);
});
