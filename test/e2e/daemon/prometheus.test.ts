// What deploy/prometheus and deploy/grafana say, on Debian's Prometheus: it scrapes a lab, alerts fire, every panel has data.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { nodeNamed } from '../../../lab/lab.ts';
import { execIn } from '../../../lab/exec.ts';
import { callCni } from '../../support/cni-call.ts';
import { podsNamed, writePolicy } from '../../support/lab-policy.ts';
import { addressOf, addTestPod, podNamed, testLab } from '../../support/lab.ts';
import { SHIPPED, startPrometheus, type Alert, type Sample } from '../../support/prometheus.ts';
import { pingedUntil } from '../../support/traffic.ts';
import { eventually, until } from '../../support/until.ts';

/** As many requests fail at once as HeddleAddFails needs, and some more. */
const BURST = 9;
const FAILURES = 'heddle_cni_failures_total{node="n1", command="ADD", code="4"}';

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

/** Every panel's queries, for all nodes, with a rate over the whole test. */
function dashboardQueries(): string[] {
  const { panels } = JSON.parse(readFileSync('deploy/grafana/heddle.json', 'utf8')) as Dashboard;
  return panels.flatMap(({ targets }) =>
    targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '10m').replaceAll('$node', '.*')),
  );
}

function firing(alerts: readonly Alert[]): string[] {
  return alerts
    .filter(({ state }) => state === 'firing')
    .map(({ labels }) => `${labels['alertname'] ?? ''} ${labels['node'] ?? ''}`);
}

/** Histograms of what did not happen are NaN. */
function hasData(samples: readonly Sample[]): boolean {
  return samples.length > 0 && samples.every(({ value: [, number] }) => number !== 'NaN');
}

t.test('promtool finds rules and configuration valid', t => {
  for (const [what, file] of [
    ['rules', 'alerts.yaml'],
    ['config', 'prometheus.yaml'],
  ] as const)
    t.match(
      execFileSync('promtool', ['check', what, join(SHIPPED, file)], { encoding: 'utf8', stdio: 'pipe' }),
      'SUCCESS',
      file,
    );
  t.end();
});

t.test('a lab of two nodes, scraped by the shipped configuration', async t => {
  const lab = await testLab(t, {
    ...{ podsPerNode: 1, config: { metrics: { listen: '[::]:9469' } } },
  });
  const [n1, n2] = [nodeNamed(lab, 'n1'), nodeNamed(lab, 'n2')].map(node => ({
    ...{ node, address: addressOf(node, 'ipv4') },
  })) as [NodeTarget, NodeTarget];
  const prometheus = await startPrometheus(t, lab.fabricNetns, [
    { targets: [`${n1.address}:9469`], labels: { node: 'n1' } },
    { targets: [`${n2.address}:9469`] },
  ]);
  const [first, second] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n2-p1')];

  await t.test('each node has its name as a label, or its address without one', async t => {
    const up = async (): Promise<string[]> => {
      const [samples = []] = await prometheus.query('up{job="heddle"} == 1');
      return samples.map(({ metric }) => metric['node'] ?? '').sort();
    };
    t.strictSame(await eventually(up, [n2.address, 'n1'].sort()), [n2.address, 'n1'].sort());
    t.strictSame(firing(await prometheus.alerts()), [], 'nothing is wrong');
  });

  await t.test('the first burst of failed ADDs fires HeddleAddFails', async t => {
    const [zero = []] = await prometheus.query(FAILURES);
    t.equal(zero[0]?.value[1], '0', 'the counter is there before anything has failed');
    await Promise.all(Array.from({ length: BURST }, () => callCni('ADD', n1.node, first)));
    const alerts = async (): Promise<string[]> => firing(await prometheus.alerts());
    t.strictSame(await eventually(alerts, ['HeddleAddFails n1']), ['HeddleAddFails n1']);
    const fired = (await prometheus.alerts()).find(({ labels }) => labels['alertname'] === 'HeddleAddFails');
    t.equal(fired?.annotations['summary'], 'pods cannot be added on n1');
  });

  await t.test('what a policy denies is counted by its tier and namespace, from 0 on', async t => {
    writePolicy(lab, 'closed', { podSelector: podsNamed('n2-p1'), ingress: [] });
    const denied = async (): Promise<number | undefined> => {
      const [samples = []] = await prometheus.query(
        `heddle_policy_drops_total{node="${n2.address}", tier="NetworkPolicy", namespace="${second.namespace}"}`,
      );
      return samples[0] && Number(samples[0].value[1]);
    };
    t.equal(await eventually(denied, 0), 0, 'it is there before anything is denied');
    t.ok(await pingedUntil(false, first.netns, addressOf(second, 'ipv4')));
    t.ok(await until(async () => ((await denied()) ?? 0) > 0));
  });

  await t.test('every query of the dashboard has data', async t => {
    await addTestPod(lab, 'n1', 2);
    await execIn(first.netns, ['ping', '-c', '3', '-i', '0.2', '-W', '1', '224.0.0.251']); // DROP_MULTICAST
    const queries = dashboardQueries();
    t.ok(queries.length > 15);
    let without: readonly string[] = queries;
    await until(async () => {
      const answers = await prometheus.query(...queries);
      without = queries.filter((_query, i) => !hasData(answers[i] ?? []));
      return without.length === 0;
    });
    t.strictSame(without, []);
  });

  await t.test('what every IPv6 device sends by itself is no drop of the network', async t => {
    const dropped = async (): Promise<string[]> => {
      const [chatter = [], drops = []] = await prometheus.query(
        'heddle_packets_total{node="n1", hook="pod_tx", verdict="DROP_NEIGHBOUR"}',
        'heddle_drops_total{node="n1"} > 0',
      );
      return [...chatter, ...drops].map(
        ({ metric }) => `${metric['hook'] ?? 'any'} ${metric['verdict'] ?? ''}`,
      );
    };
    const expected = ['pod_tx DROP_NEIGHBOUR', 'any DROP_MULTICAST'];
    t.strictSame(await eventually(dropped, expected), expected);
  });
});

interface NodeTarget {
  readonly node: ReturnType<typeof nodeNamed>;
  readonly address: string;
}
