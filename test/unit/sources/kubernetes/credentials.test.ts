import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { KubernetesSource } from '../../../../loader/sources/kubernetes/kubernetes-source.ts';
import { PATHS, pod, scene, shopPod, until } from './scene.ts';

t.test('a token that was replaced on disk is used without a word', async t => {
  const { server, state, setToken, problems, told } = await scene(t);
  setToken('second-token');
  server.tokens.clear();
  server.tokens.add('second-token');
  server.endWatches(PATHS.pods);
  server.collections.put(pod('p5', '10.1.0.5'));
  await until(() => state().pods.has(shopPod('p5')), 'changes go on');
  t.strictSame(problems(), []);
  t.ok(told.length <= 3);
  t.equal(server.requests.at(-1)?.authorization, 'Bearer second-token');
});

t.test('a token that has expired is told, by verb and resource, until another is there', async t => {
  const { server, state, setToken, problems } = await scene(t);
  const { pods } = state();
  server.tokens.clear();
  server.endWatches(PATHS.pods);
  // What the daemon writes of its own node may be refused as well, and first.
  const ofPods = () => problems().find(sentence => sentence.includes("'list pods'"));
  await until(() => ofPods() !== undefined, 'it is told');
  t.match(
    ofPods(),
    /^the API server answers 401 to 'list pods' since \S+ \(Unauthorized\): see that the token or certificate is valid$/,
  );
  t.equal(state().pods, pods);
  server.tokens.add('second-token');
  setToken('second-token');
  await until(() => problems().length === 0, 'it is over');
});

t.test('what is forbidden is told, by verb and resource with its group, and tried again', async t => {
  const { server, problems, state } = await scene(t);
  const { policies } = state();
  server.fault = ({ path, query }) =>
    path === PATHS.networkPolicies && 'watch' in query
      ? { status: 403, message: 'forbidden: no' }
      : undefined;
  server.endWatches(PATHS.networkPolicies);
  await until(() => problems().length > 0, 'it is told');
  t.match(problems(), [
    /^the API server answers 403 to 'watch networkpolicies\.networking\.k8s\.io' since \S+ \(forbidden: no\): allow the verb watch as deploy\/kubernetes\/heddle\.yaml does$/,
  ]);
  t.equal(state().policies, policies);
  server.fault = () => undefined;
  await until(() => problems().length === 0, 'it is over');
});

t.test('start rejects, and tells nothing, when there is no telling where the server is', async t => {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-kubeconfig-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'kubeconfig');
  const startWith = (text: string | undefined) => {
    if (text !== undefined) writeFileSync(path, text);
    const source = new KubernetesSource({
      ...{ nodeName: 'a', ready: () => true, ownNode: () => undefined, kubeconfig: path },
    });
    return source.start(() => t.fail('something is told')).finally(() => source.stop());
  };
  const refused = (message: RegExp) => ({ code: 'INVALID_CONFIG', message });
  await t.rejects(startWith(undefined), refused(/^cannot read the kubeconfig .*ENOENT/));
  await t.rejects(startWith('clusters: ['), refused(/^cannot read the kubeconfig /));
  await t.rejects(startWith('{}'), refused(/has no current-context that names a cluster$/));
  const plain = {
    clusters: [{ name: 'c', cluster: { server: 'http://192.0.2.1' } }],
    'current-context': 'x',
  };
  const contexts = [{ name: 'x', context: { cluster: 'c', user: 'u' } }];
  await t.rejects(
    startWith(JSON.stringify({ ...plain, contexts })),
    refused(/has server 'http:.*: write https/),
  );
});

t.test('start rejects without a kubeconfig where no pod is', async t => {
  t.equal(process.env['KUBERNETES_SERVICE_HOST'], undefined);
  const source = new KubernetesSource({ nodeName: 'a', ready: () => true, ownNode: () => undefined });
  await t.rejects(
    source.start(() => t.fail('something is told')),
    { code: 'INVALID_CONFIG', message: /write source\.kubeconfig/ },
  );
  await source.stop();
});

t.test('in a pod it is the service account that is asked with; what is missing of it is said', async t => {
  process.env['KUBERNETES_SERVICE_HOST'] = '2001:db8::1';
  process.env['KUBERNETES_SERVICE_PORT'] = '443';
  const waiting: string[] = [];
  const source = new KubernetesSource({
    ...{ nodeName: 'a', ready: () => true, ownNode: () => undefined, timing: { gatherMs: 1 } },
    onDelay: sentence => waiting.push(sentence),
  });
  const started = source.start(() => t.fail('something is told'));
  started.catch(() => undefined); // it is looked at below
  t.teardown(() => {
    delete process.env['KUBERNETES_SERVICE_HOST'];
    delete process.env['KUBERNETES_SERVICE_PORT'];
  });
  await until(() => waiting.length > 0, 'it is said');
  t.match(
    waiting[0],
    /^the API server https:\/\/\[2001:db8::1\]:443 cannot be reached since .*\/serviceaccount\//,
  );
  await source.stop();
  await t.rejects(started, { code: 'NOT_READY' });
});
