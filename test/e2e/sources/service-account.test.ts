// The service account of a pod: its token is replaced on disk by the kubelet, its CA by the cluster's administrator.
import '../../support/own-run.ts';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { KubernetesSource } from '../../../loader/sources/kubernetes/kubernetes-source.ts';
import type { ClusterState } from '../../../loader/model/objects.ts';
import { StandInApiServer } from '../../support/api-server/api-server.ts';
import { newCertificates } from '../../support/certificates.ts';
import { until } from '../../support/until.ts';

/** Where each container has it; this file has a /run of its own. */
const FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/** As the kubelet does it: whole or not at all. */
function write(name: string, text: string): void {
  writeFileSync(`${FOLDER}/${name}.new`, text);
  renameSync(`${FOLDER}/${name}.new`, `${FOLDER}/${name}`);
}

const server = new StandInApiServer();
server.authority = newCertificates();
await server.comeUp();
mkdirSync(FOLDER, { recursive: true });
write('token', 'first-token\n');
write('ca.crt', server.authority.ca);
process.env['KUBERNETES_SERVICE_HOST'] = '127.0.0.1';
process.env['KUBERNETES_SERVICE_PORT'] = new URL(server.url).port;
let state: ClusterState | undefined;
let problems: readonly string[] = [];
const source = new KubernetesSource({
  ...{ nodeName: 'a', ready: () => false, ownNode: () => undefined },
  timing: { backoffMs: 20, backoffMostMs: 200 },
});
t.teardown(async () => {
  await source.stop();
  await server.goAway();
  rmSync('/var/run/secrets', { recursive: true });
});
await source.start((next, sentences) => {
  state = next;
  problems = sentences;
});

function putPod(name: string): void {
  server.collections.put({ kind: 'Pod', metadata: { name, namespace: 'shop' } });
}

const has = (name: string) => () => [...(state?.pods.values() ?? [])].some(pod => pod.name === name);

t.test('a token that the kubelet has replaced is the next request’s, without a refusal', async t => {
  write('token', 'second-token\n');
  server.tokens.add('second-token');
  server.requests.length = 0;
  server.endWatches('/api/v1/pods');
  putPod('p1');
  t.ok(await until(has('p1')));
  t.strictSame([...new Set(server.requests.map(each => each.authorization))], ['Bearer second-token']);
});

t.test('another authority: the CA file that is there is read when the server is back', async t => {
  await server.goAway();
  server.authority = newCertificates();
  await server.comeUp();
  t.ok(await until(() => problems.some(each => each.includes('certificate'))), 'it is told');
  write('ca.crt', server.authority.ca);
  putPod('p2');
  t.ok(await until(has('p2')));
  t.ok(await until(() => problems.length === 0), 'nothing is wrong');
});
