// Who reads events too slowly loses some, and is told how many; the daemon keeps its head, and others their events.
import t from 'tap';
import { heddlectl, heddlectlJson, outcomeOf, startHeddlectl } from '../../support/heddlectl.ts';
import { addressOf, mustExec, podNamed, testLab } from '../../support/lab.ts';

t.setTimeout(120_000);

const lab = await testLab(t, { nodes: 1, families: 'ipv4', underlayFamilies: 'ipv4' });
const [from, to] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n1-p2')];
const n1 = ['--lab', lab.options.name, '--node', 'n1'];
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

/** Counted by the programs themselves. */
async function dropped(): Promise<number> {
  const rows = (await heddlectlJson(...n1, 'stats')) as { verdict: string; packets: number }[];
  return rows.find(({ verdict }) => verdict === 'DROP_POLICY_INGRESS')?.packets ?? 0;
}

await t.test('everything to the pod is denied', async t => {
  const { stdin } = process;
  t.ok(stdin, 'there is a standard input');
  const { writeFileSync, mkdtempSync } = await import('node:fs');
  const file = `${mkdtempSync('/tmp/heddle-slow-')}/deny.json`;
  const spec = { podSelector: {}, policyTypes: ['Ingress'] };
  const metadata = { name: 'deny', namespace: 'lab' };
  const object = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec };
  writeFileSync(file, JSON.stringify(object));
  t.match(await heddlectl(...n1, 'policy', 'apply', file), { code: 0 });
});
