// The client of the API server: many requests under one signal, and answers that are compressed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { watchedResources } from '../../../../loader/sources/kubernetes/api-calls.ts';
import { ApiClient } from '../../../../loader/sources/kubernetes/api-client.ts';
import { ClusterAccess } from '../../../../loader/sources/kubernetes/cluster-access.ts';
import { StandInApiServer } from '../../../support/api-server/api-server.ts';
import { kubeconfig } from '../../../support/api-server/kubeconfig.ts';
import { pod, until } from './scene.ts';

const pods = watchedResources.find(({ kind }) => kind === 'Pod');
if (pods === undefined) throw new TypeError('pods are not watched');
const { list } = pods;

async function clientScene(t: Test) {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-client-'));
  const server = new StandInApiServer();
  await server.comeUp();
  writeFileSync(join(directory, 'token'), 'first-token');
  writeFileSync(join(directory, 'kubeconfig'), kubeconfig(server.url, 'token'));
  const access = await ClusterAccess.open(join(directory, 'kubeconfig'));
  const abort = new AbortController();
  t.teardown(async () => {
    abort.abort();
    access[Symbol.dispose]();
    await server.goAway();
    rmSync(directory, { recursive: true });
  });
  return { server, abort, client: new ApiClient(access, 5_000, abort.signal) };
}

t.test('fifty requests at a time are no leak of listeners, and all end with the signal', async t => {
  const { server, abort, client } = await clientScene(t);
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on('warning', onWarning);
  t.teardown(() => process.off('warning', onWarning));
  server.fault = () => 'hang';
  const calls = Array.from({ length: 50 }, () =>
    client.send({ call: list }).catch((error: unknown) => error),
  );
  await until(() => server.requests.length === 50, 'all are under way');
  abort.abort();
  t.match(await Promise.all(calls), Array(50).fill({ message: 'stopped' }));
  await sleep(10); // warnings are emitted at the next turn
  t.strictSame(warnings, []);
});

t.test('a long list is asked for compressed, and read', async t => {
  const { server, client } = await clientScene(t);
  for (let i = 0; i < 1_000; i++) server.collections.put(pod(`p${i}`, '10.1.0.1'));
  const answer = (await client.send({ call: list })) as { items: unknown[] };
  t.equal(answer.items.length, 1_000);
  t.equal(server.requests[0]?.acceptsGzip, true);
  t.ok(server.bytesSent < 100_000, `${server.bytesSent} bytes`);
});

t.test('a compressed answer that is cut short is a failure, not a shorter list', async t => {
  const { server, client } = await clientScene(t);
  for (let i = 0; i < 1_000; i++) server.collections.put(pod(`p${i}`, '10.1.0.1'));
  server.cutsBodies = true;
  await t.rejects(client.send({ call: list }), { name: 'ApiFailure' });
});

t.test(
  'kept connections that the server closes just then are no failure; a new one that it closes is',
  async t => {
    const { server, client } = await clientScene(t);
    await Promise.all([1, 2, 3].map(() => client.send({ call: list })));
    server.fault = ({ isReused }) => (isReused ? 'break' : undefined);
    server.requests.length = 0;
    await client.send({ call: list });
    t.strictSame(
      server.requests.map(({ isReused }) => isReused),
      [true, true, true, false],
    );
    server.fault = () => 'break';
    await t.rejects(client.send({ call: list }), { name: 'ApiFailure', status: undefined });
  },
);
