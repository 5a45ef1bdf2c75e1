import t from 'tap';
import type { SeenRequest } from '../../../support/api-server/answers.ts';
import { begun, PATHS, pod, scene, shopPod, until } from './scene.ts';

const isSecondPage = ({ path, query }: SeenRequest) => path === PATHS.pods && 'continue' in query;

t.test('a list whose pages expire is begun again, and nothing of the first beginning is left', async t => {
  let expired = 0;
  const { state, server, told, problems } = await scene(t, {
    prepare: server => {
      server.fault = seen => {
        if (!isSecondPage(seen) || expired > 0) return undefined;
        expired++;
        server.collections.remove(pod('p1', ''));
        server.collections.put(pod('p9', '10.1.0.9'));
        server.collections.compact();
        return undefined; // the stand-in itself says 410 now
      };
    },
  });
  t.strictSame([...state().pods.keys()].sort(), ['p2', 'p3', 'p4', 'p9'].map(shopPod));
  t.equal(server.seen(PATHS.pods, 'list').length, 4);
  t.equal(told.length, 1);
  t.strictSame(problems(), []);
});

t.test('a list that expires every time is told, and tried again after a pause', async t => {
  let isHopeless = true;
  const { waiting, started, server, state } = await begun(t, {
    timing: { patienceMs: 0 },
    prepare: server =>
      (server.fault = seen =>
        isSecondPage(seen) && isHopeless ? { status: 410, message: 'too old' } : undefined),
  });
  await until(() => waiting.length > 0, 'it is said');
  t.match(waiting[0], /^the API server answers 410 to 'list pods' since .* \(too old\): /);
  const pages = server.seen(PATHS.pods, 'list').length;
  t.ok(pages >= 6 && pages <= 18, `three beginnings of two pages before a pause: ${pages}`);
  isHopeless = false;
  await started;
  t.equal(state().pods.size, 4);
});

t.test('a page that fails changes nothing of what was known', async t => {
  const { state, server, problems } = await scene(t);
  const { pods } = state();
  server.collections.remove(pod('p1', ''));
  await until(() => state().pods.size === 3, 'a change is told');
  server.fault = seen => (isSecondPage(seen) ? { status: 500, message: 'etcd' } : undefined);
  for (const i of [5, 6]) server.collections.put(pod(`p${i}`, `10.1.0.${i}`));
  await until(() => state().pods.size === 5, 'more changes are told');
  const before = state().pods;
  server.collections.compact();
  server.sendError(PATHS.pods, 410, 'too old resource version');
  await until(() => problems().length > 0, 'it is told');
  t.match(problems(), [
    /^the API server answers 500 to 'list pods' since .* \(etcd\): what it said before stays active$/,
  ]);
  t.equal(state().pods, before);
  t.equal(pods.size, 4);
  server.fault = () => undefined;
  await until(() => problems().length === 0, 'the list is complete');
  t.equal(state().pods, before, 'a list that says the same is no change');
});
