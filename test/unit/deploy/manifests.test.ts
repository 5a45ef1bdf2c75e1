// deploy/kubernetes as the daemon sees it: its configuration is one, what it needs is mounted, probes ask where it listens.
import { readFileSync } from 'node:fs';
import t from 'tap';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { DEFAULT_CONFIG_PATH } from '../../../loader/config.ts';
import { loaded } from '../config/loaded.ts';

const mount = z.object({ name: z.string(), mountPath: z.string(), mountPropagation: z.string().optional() });
const probe = z.object({
  httpGet: z.object({ host: z.string(), port: z.number(), path: z.string() }),
  timeoutSeconds: z.number().default(1), // Kubernetes' own
  periodSeconds: z.number().default(10),
  failureThreshold: z.number().default(3),
});
const container = z.object({
  image: z.string(),
  args: z.array(z.string()).optional(),
  env: z.array(z.object({ name: z.string(), value: z.string().optional() })).default([]),
  volumeMounts: z.array(mount),
  startupProbe: probe.optional(),
  livenessProbe: probe.optional(),
  readinessProbe: probe.optional(),
});
const daemonSet = z.object({
  kind: z.literal('DaemonSet'),
  spec: z.object({
    template: z.object({
      spec: z.object({
        hostNetwork: z.literal(true),
        containers: z.array(z.unknown()),
        initContainers: z.array(container).optional(),
        volumes: z.array(z.object({ name: z.string() })),
      }),
    }),
  }),
});
const configMap = z.object({ kind: z.literal('ConfigMap'), data: z.object({ 'heddled.yaml': z.string() }) });

function documents(file: string): unknown[] {
  return parseAllDocuments(readFileSync(`deploy/kubernetes/${file}`, 'utf8')).map(
    each => each.toJS() as unknown,
  );
}

function only<T>(file: string, schema: z.ZodType<T>): T {
  const found = documents(file).flatMap(each => schema.safeParse(each).data ?? []);
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${file} has ${found.length} of that kind`);
  return first;
}

const config = loaded({
  files: { [DEFAULT_CONFIG_PATH]: only('heddle.yaml', configMap).data['heddled.yaml'] },
  env: { HEDDLE_NODE_NAME: 'node-a' },
});
const { template } = only('heddle.yaml', daemonSet).spec;
const heddled = container.parse(template.spec.containers[0]);

t.test('every path of the configuration that must outlive the container is mounted', t => {
  const mounted = heddled.volumeMounts.map(({ mountPath }) => mountPath);
  const paths = [
    config.stateDir,
    config.runDir,
    config.pinRoot,
    config.cni.binDir,
    config.cni.confFile,
    '/run/netns/x',
    `${config.procSys}/net`,
    '/sys/kernel/rcu_expedited',
  ];
  for (const path of paths)
    t.ok(
      mounted.some(mount => path === mount || path.startsWith(`${mount}/`)),
      path,
    );
  const volumes = new Set(template.spec.volumes.map(({ name }) => name));
  for (const { name } of heddled.volumeMounts) t.ok(volumes.has(name), `volume ${name}`);
  const ways = new Map(
    heddled.volumeMounts.map(({ mountPath, mountPropagation }) => [mountPath, mountPropagation]),
  );
  t.equal(ways.get('/run/netns'), 'HostToContainer', 'namespaces that come later are seen');
  t.end();
});

t.test('its configuration is where it is told to look, and probes ask where it listens', t => {
  t.equal(config.source.kind, 'kubernetes');
  t.strictSame(heddled.args, ['--config', '/etc/heddle/heddled.yaml']);
  for (const [name, path] of [
    ['startupProbe', '/healthz'],
    ['livenessProbe', '/healthz'],
    ['readinessProbe', '/readyz'],
  ] as const) {
    const { host, port, path: asked } = heddled[name]?.httpGet ?? {};
    t.equal(`${host}:${port}`, config.metrics.listen);
    t.equal(asked, path);
  }
  t.end();
});

t.test('a busy node keeps the times of its probes: none restarts a daemon that answers within seconds', t => {
  const { startupProbe, livenessProbe, readinessProbe } = heddled;
  for (const probe of [startupProbe, livenessProbe, readinessProbe])
    t.ok((probe?.timeoutSeconds ?? 0) >= 5, JSON.stringify(probe));
  for (const probe of [startupProbe, livenessProbe])
    t.ok((probe?.failureThreshold ?? 0) * (probe?.periodSeconds ?? 0) >= 60, 'a minute before a restart');
  t.end();
});

/** Of the configuration, of others, or of the kernel. */
const NOT_OF_INSTALL = ['/etc/heddle', '/run/netns', '/host/proc/sys/net', '/sys/kernel/rcu_expedited'];

t.test('what is uninstalled is what was installed', t => {
  const [cleanup] = only('uninstall.yaml', daemonSet).spec.template.spec.initContainers ?? [];
  const env = Object.fromEntries((cleanup?.env ?? []).map(({ name, value = 'node-a' }) => [name, value]));
  const removed = loaded({ env });
  t.equal(removed.source.kind, config.source.kind);
  t.equal(removed.nodeName, config.nodeName);
  t.strictSame(removed.cni, config.cni);
  for (const part of ['stateDir', 'runDir', 'pinRoot', 'nftTable', 'overlayDevice'] as const)
    t.equal(removed[part], config[part], part);
  t.equal(cleanup?.image, heddled.image);
  const mounts = new Set(cleanup?.volumeMounts.map(({ mountPath }) => mountPath));
  for (const { mountPath } of heddled.volumeMounts)
    if (!NOT_OF_INSTALL.includes(mountPath)) t.ok(mounts.has(mountPath), mountPath);
  t.end();
});
