// One source, three ways to install: the plain manifest, the kustomize base and overlays, and the Helm chart say the same.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { VERSION } from '../../../loader/version.ts';
import { renderTemplate } from '../../support/deploy/helm-render.ts';
import { kustomize, objectsIn, type ClusterObject } from '../../support/deploy/kustomize.ts';

const CHART = 'deploy/helm/heddle';
const MIGRATION = readFileSync('docs/migration-from-flannel.md', 'utf8');
const DEFAULTS = parse(readFileSync(join(CHART, 'values.yaml'), 'utf8')) as Readonly<Record<string, unknown>>;

interface DaemonSet extends ClusterObject {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly nodeSelector: Readonly<Record<string, string>>;
        readonly containers: readonly {
          readonly image: string;
          readonly env: readonly { readonly name: string; readonly value?: string }[];
          readonly resources: { readonly requests: Readonly<Record<string, string>> };
        }[];
        readonly initContainers: readonly { readonly image: string }[];
        readonly volumes: readonly { readonly name: string; readonly hostPath?: { readonly path: string } }[];
      };
    };
  };
}

function byName(objects: readonly ClusterObject[]): Map<string, ClusterObject> {
  return new Map(objects.map(object => [`${object.kind} ${object.metadata.name}`, object]));
}

function chart(values: Readonly<Record<string, unknown>>): ClusterObject[] {
  return readdirSync(join(CHART, 'templates')).flatMap(file =>
    objectsIn(
      renderTemplate(readFileSync(join(CHART, 'templates', file), 'utf8'), { ...DEFAULTS, ...values }),
    ),
  );
}

function podOf(objects: readonly ClusterObject[]) {
  const daemonSet = byName(objects).get('DaemonSet heddle') as DaemonSet | undefined;
  if (daemonSet === undefined) throw new Error('there is no DaemonSet');
  return daemonSet.spec.template.spec;
}

function hostPath(objects: readonly ClusterObject[], volume: string): string | undefined {
  return podOf(objects).volumes.find(({ name }) => name === volume)?.hostPath?.path;
}

const base = byName(kustomize('deploy/kubernetes/base'));

t.test('the plain manifest is the base', t => {
  t.strictSame(byName(objectsIn(readFileSync('deploy/kubernetes/heddle.yaml', 'utf8'))), base);
  t.ok(base.size >= 5);
  t.end();
});

t.test('the chart with its own values is the base', t => {
  t.strictSame(byName(chart({})), base);
  t.end();
});

t.test("the chart's values reach what they name", t => {
  const objects = chart({
    namespace: 'network',
    image: { name: 'images.example/heddle', tag: '1.2.3' },
    nodeSelector: { 'heddle.dev/network': 'heddle', pool: 'true' },
    env: { HEDDLE_TUNNEL_ENCAPSULATION: 'cross-subnet', HEDDLE_MTU: '1400' },
    resources: { cpu: '1', memory: '1Gi' },
    maxUnavailable: 2,
    cni: { binDir: '/srv/cni bin', confDir: '/srv/net.d' },
  });
  for (const object of objects)
    if (!object.kind.startsWith('Cluster')) t.match(object.metadata, { namespace: 'network' });
  t.match(byName(objects).get('ClusterRoleBinding heddle'), { subjects: [{ namespace: 'network' }] });
  const pod = podOf(objects);
  for (const { image } of [...pod.containers, ...pod.initContainers])
    t.equal(image, 'images.example/heddle:1.2.3');
  t.match(pod.nodeSelector, { 'kubernetes.io/os': 'linux', 'heddle.dev/network': 'heddle', pool: 'true' });
  const [heddled] = pod.containers;
  t.match(heddled?.env, [
    { name: 'HEDDLE_NODE_NAME' },
    { name: 'HEDDLE_MTU', value: '1400' },
    { name: 'HEDDLE_TUNNEL_ENCAPSULATION', value: 'cross-subnet' },
  ]);
  t.strictSame(heddled?.resources.requests, { cpu: '1', memory: '1Gi' });
  t.match(byName(objects).get('DaemonSet heddle'), {
    spec: { updateStrategy: { rollingUpdate: { maxUnavailable: 2 } } },
  });
  t.equal(hostPath(objects, 'cni-bin'), '/srv/cni bin');
  t.equal(hostPath(objects, 'cni-conf'), '/srv/net.d');
  t.end();
});

t.test('the overlays change what they are for, and nothing else', t => {
  const k3s = kustomize('deploy/kubernetes/overlays/k3s');
  t.equal(hostPath(k3s, 'cni-bin'), '/var/lib/rancher/k3s/data/cni');
  t.equal(hostPath(k3s, 'cni-conf'), '/var/lib/rancher/k3s/agent/etc/cni/net.d');
  const staged = kustomize('deploy/kubernetes/overlays/staged');
  t.strictSame(podOf(staged).nodeSelector, {
    'kubernetes.io/os': 'linux',
    'heddle.dev/network': 'heddle',
  });
  const monitoring = byName(kustomize('deploy/kubernetes/overlays/monitoring'));
  t.match(
    [...monitoring.keys()].sort(),
    [...base.keys(), 'PodMonitor heddle', 'PrometheusRule heddle'].sort(),
  );
  const { groups } = parse(readFileSync('deploy/prometheus/alerts.yaml', 'utf8')) as { groups: unknown };
  t.strictSame(monitoring.get('PrometheusRule heddle')?.['spec'], { groups });
  const migrating = kustomize('deploy/kubernetes/overlays/from-flannel');
  t.strictSame(podOf(migrating).nodeSelector, podOf(staged).nodeSelector);
  t.match(podOf(migrating).initContainers, [
    { name: 'remove-flannel', image: `heddle:${VERSION}` },
    { name: 'mount-bpffs', image: `heddle:${VERSION}` },
  ]);
  t.equal(hostPath(migrating, 'lib-cni'), '/var/lib/cni');
  for (const overlay of [byName(k3s), byName(staged), byName(migrating), monitoring])
    for (const [name, object] of base) {
      t.ok(overlay.has(name), name);
      if (object.kind !== 'DaemonSet') t.strictSame(overlay.get(name), object, name);
    }
  t.end();
});

t.test('the uninstaller for nodes that go back to flannel, as its page makes it', t => {
  const [, command] = /^(sed .*uninstall\.yaml) \| kubectl apply/m.exec(MIGRATION) ?? [];
  const made = byName(objectsIn(execFileSync('sh', ['-c', command ?? 'false'], { encoding: 'utf8' })));
  const whole = byName(objectsIn(readFileSync('deploy/kubernetes/uninstall.yaml', 'utf8')));
  t.match(made.get('DaemonSet heddle-uninstall'), {
    spec: { template: { spec: { nodeSelector: { 'heddle.dev/network': 'leaving' } } } },
  });
  t.match(
    made.get('DaemonSet heddle-uninstall'),
    whole.get('DaemonSet heddle-uninstall') ?? { kind: 'none' },
  );
  t.strictSame([...made.keys()], [...whole.keys()]);
  t.end();
});

t.test('its patches keep flannel off: of kube-flannel beside an affinity, of Canal without one', t => {
  const patches = Array.from(MIGRATION.matchAll(/patch daemonset (\S+) --type json -p '([^']*)'/g));
  const key = { key: 'heddle.dev/network', operator: 'NotIn', values: ['heddle', 'leaving'] };
  const term = { nodeSelectorTerms: [{ matchExpressions: [key] }] };
  const required = 'requiredDuringSchedulingIgnoredDuringExecution';
  const path = '/spec/template/spec/affinity';
  t.strictSame(
    patches.map(([, name, text = '']): unknown[] => [name, JSON.parse(text)]),
    [
      [
        'kube-flannel-ds',
        [
          {
            ...{ op: 'add', value: key },
            path: `${path}/nodeAffinity/${required}/nodeSelectorTerms/0/matchExpressions/-`,
          },
        ],
      ],
      ['canal', [{ op: 'add', path, value: { nodeAffinity: { [required]: term } } }]],
    ],
  );
  t.end();
});

t.test('after each label it waits for the pod of that node, which is there later', t => {
  const labelled =
    /label node worker-1 heddle\.dev\/network=\w+.*\nuntil kubectl .* wait pod -l (\S+)=(\S+) --field-selector spec\.nodeName=worker-1 /g;
  const waits = Array.from(MIGRATION.matchAll(labelled), ([, label = '', value]) => ({ label, value }));
  t.match(
    waits.map(({ value }) => value),
    ['heddle', 'heddle-uninstall'],
  );
  // As kube-flannel.yml labels its pods.
  t.match(
    MIGRATION,
    /heddle\.dev\/network- .*\nuntil kubectl -n kube-flannel wait pod -l app=flannel --field-selector spec\.nodeName=worker-1 /,
  );
  for (const [i, file] of ['heddle.yaml', 'uninstall.yaml'].entries()) {
    const { label = '', value = '' } = waits[i] ?? {};
    const made = byName(objectsIn(readFileSync(join('deploy/kubernetes', file), 'utf8')));
    t.match(made.get(`DaemonSet ${value}`), {
      spec: { template: { metadata: { labels: { [label]: value } } } },
    });
  }
  t.end();
});

t.test('one version', t => {
  for (const file of ['deploy/kubernetes/heddle.yaml', 'deploy/kubernetes/uninstall.yaml'])
    t.strictSame(
      [...new Set(readFileSync(file, 'utf8').match(/image: .*/g))],
      [`image: heddle:${VERSION}`],
      file,
    );
  t.match(parse(readFileSync(join(CHART, 'Chart.yaml'), 'utf8')), { version: VERSION, appVersion: VERSION });
  t.match(DEFAULTS, { image: { tag: VERSION } });
  t.end();
});

t.test('every overlay is one that is tested here', t => {
  t.strictSame(readdirSync('deploy/kubernetes/overlays').sort(), [
    'from-flannel',
    'k3s',
    'monitoring',
    'staged',
  ]);
  for (const overlay of readdirSync('deploy/kubernetes/overlays'))
    t.ok(existsSync(join('deploy/kubernetes/overlays', overlay, 'kustomization.yaml')), overlay);
  t.end();
});
