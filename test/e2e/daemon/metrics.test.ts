// What Prometheus and probes get from a real daemon.
import { readFileSync } from 'node:fs';
import t from 'tap';
import { parse } from 'yaml';
import { nodeNamed } from '../../../lab/lab.ts';
import { askStatus } from '../../../loader/api/status-client.ts';
import { addressOf, mustExec, podNamed, testLab } from '../../support/lab.ts';
import { ping } from '../../support/traffic.ts';

const SAMPLE = /^[a-zA-Z_:][a-zA-Z0-9_:]*(\{[^}]*\})? [-+0-9.eInfNa]+$/;
const ADDRESS = '127.0.0.1:9469';

const lab = await testLab(t, { podsPerNode: 1, families: 'ipv4' });
const node = nodeNamed(lab, 'n1');

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function fetched(path: string, method = 'GET'): Promise<Answer> {
  const script = `fetch('http://${ADDRESS}${path}',{method:'${method}'}).then(async r=>console.log(JSON.stringify({status:r.status,text:await r.text()})))`;
  return JSON.parse(await mustExec(node, process.execPath, '-e', script)) as Answer;
}

async function value(line: string): Promise<number> {
  const { text } = await fetched('/metrics');
  const found = text.split('\n').find(one => one.startsWith(`${line} `));
  return Number(found?.split(' ').at(-1) ?? 'NaN');
}

t.test('every line is a sample or says what it is', async t => {
  const { status, text } = await fetched('/metrics');
  t.equal(status, 200);
  for (const name of ['heddle_map_entries', 'heddle_map_max_entries'])
    t.match(
      text,
      new RegExp(`^${name}\\{map="hd_endpoint"\\} \\d+$`, 'm'),
      `${name} is there from the first time on`,
    );
  const lines = text.split('\n').filter(line => line !== '');
  t.strictSame(
    lines.filter(line => !/^# (HELP|TYPE) /.test(line) && !SAMPLE.test(line)),
    [],
  );
  const helped = new Set(lines.flatMap(line => /^# HELP (\S+) \S/.exec(line)?.[1] ?? []));
  const typed = lines.flatMap(line => /^# TYPE (\S+) /.exec(line)?.[1] ?? []);
  t.strictSame(
    typed.filter(name => !helped.has(name)),
    [],
    'each one has help',
  );
});

/** Of all verdicts. */
async function sentByPods(): Promise<number> {
  const { text } = await fetched('/metrics');
  const counts = [...text.matchAll(/^heddle_packets_total\{hook="pod_tx",verdict="[A-Z_]+"\} (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

t.test('packets, pods and requests are counted', async t => {
  const before = await sentByPods();
  for (let i = 0; i < 3; i++)
    t.ok(await ping(podNamed(lab, 'n1-p1').netns, addressOf(podNamed(lab, 'n2-p1'), 'ipv4')));
  t.ok((await sentByPods()) >= before + 3, 'three pings are in the count');
  t.equal(await value('heddle_local_pods'), 1);
  t.equal(await value('heddle_nodes'), 2);
  t.equal(await value('heddle_ready'), 1);
  t.equal(await value('heddle_map_max_entries{map="hd_endpoint"}'), 16_384);
  t.ok((await value('heddle_map_entries{map="hd_endpoint"}')) >= 4);
  t.equal(await value('heddle_cni_request_duration_seconds_count{command="ADD",outcome="ok"}'), 1);
  t.ok((await value('process_resident_memory_bytes')) > 10_000_000);
});

t.test('probes, and what is not served', async t => {
  t.match(await fetched('/healthz'), { status: 200, text: /^ok: the event loop of heddled answers/ });
  t.match(await fetched('/readyz'), { status: 200, text: 'ok\n' });
  t.match(await fetched('/other'), { status: 404 });
  t.match(await fetched('/metrics', 'POST'), { status: 405 });
});

t.test('a port that is taken is told, and everything else goes on', async t => {
  const other = await testLab(t, {
    nodes: 1,
    podsPerNode: 0,
    config: { metrics: { listen: '192.0.2.77:9469' } },
  });
  const status = await askStatus(nodeNamed(other, 'n1').socket);
  t.equal(status?.ready, true);
  t.match(status?.problems, [
    /^metrics are not served on 192\.0\.2\.77:9469, set metrics\.listen .*EADDRNOTAVAIL/,
  ]);
});

t.test('dashboard and alerts ask for nothing that is not there', async t => {
  const { text } = await fetched('/metrics');
  const there = new Set(text.split('\n').flatMap(line => /^# TYPE (\S+) /.exec(line)?.[1] ?? []));
  const asked = (file: string): string[] => [
    ...new Set(
      [...readFileSync(file, 'utf8').matchAll(/\b(heddle_[a-z_]+|process_[a-z_]+)/g)].map(([name]) => name),
    ),
  ];
  for (const file of ['deploy/grafana/heddle.json', 'deploy/prometheus/alerts.yaml']) {
    const names = asked(file).map(name => name.replace(/_(bucket|count|sum)$/, ''));
    t.ok(names.length > 5, file);
    t.strictSame(
      names.filter(name => !there.has(name)),
      [],
      file,
    );
  }
  const rules = parse(readFileSync('deploy/prometheus/alerts.yaml', 'utf8')) as {
    groups: { rules: { alert: string; annotations: { advice: string } }[] }[];
  };
  for (const { alert, annotations } of rules.groups.flatMap(group => group.rules))
    t.match(annotations.advice, /^[A-Z].*\.$/, `${alert} has a sentence of advice`);
});
