import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { pod, PATHS, scene, shopPod, until } from './scene.ts';

t.test(
  'a server that is gone changes nothing but a sentence; what it says when it is back is told',
  async t => {
    const { state, server, problems, told } = await scene(t);
    await until(() => server.writes().length === 1, 'the daemon has written its condition');
    await server.goAway();
    await sleep(50); // what was written is told
    const before = state();
    const atMs = Date.now();
    await until(() => problems().length > 0, 'it is told');
    t.match(problems(), [
      /^the API server https:\/\/127\.0\.0\.1:\d+ cannot be reached since \S+Z \(.+\): what it said before stays active$/,
    ]);
    const since = Date.parse(/since (\S+)/.exec(problems()[0] ?? '')?.[1] ?? '');
    t.ok(Math.abs(since - atMs) < 60_000, 'since when');
    const [sentence] = problems();
    const count = told.length;
    await sleep(500);
    t.equal(state(), before, 'the state is the very same');
    t.equal(problems()[0], sentence);
    t.equal(told.length, count, 'it is not told again and again');
    server.collections.put(pod('p5', '10.1.0.5'));
    await server.comeUp();
    await until(() => state().pods.has(shopPod('p5')), 'changes of the meantime are told');
    await until(() => problems().length === 0, 'the sentence is gone');
    t.equal(server.seen(PATHS.pods, 'list').length, 2, 'nothing is listed again');
  },
);

t.test('during an outage pauses grow, and no two are alike', async t => {
  const { server, problems } = await scene(t, { timing: { backoffMs: 50, backoffMostMs: 400 } });
  server.requests.length = 0;
  server.fault = () => 'break';
  for (const path of Object.values(PATHS)) server.endWatches(path);
  await until(() => problems().length > 0, 'it is told');
  const watchTimes = () =>
    Object.values(PATHS).map(path => server.seen(path, 'version').map(({ atMs }) => atMs));
  await sleep(2_000);
  for (const times of watchTimes()) t.ok(times.length <= 40, `${times.length} requests in 2 s`);
  await until(() => watchTimes().every(times => times.length >= 8), 'each is asked again and again');
  const asked = watchTimes();
  const pauses = asked.flatMap(times => times.slice(1).map((time, i) => time - (times[i] ?? 0)));
  t.ok(Math.max(...pauses) > 100, `the longest pause was ${Math.max(...pauses)} ms`);
  t.ok(new Set(pauses).size > pauses.length / 3, 'by chance');
  server.fault = () => undefined;
  await until(() => problems().length === 0, 'it is over');
});

t.test('a server that takes requests and never answers is one that cannot be reached', async t => {
  const { server, state, problems } = await scene(t, { timing: { answerMs: 100, steadyMs: 0 } });
  const { pods } = state();
  server.fault = ({ path }) => (path === PATHS.pods ? 'hang' : undefined);
  server.endWatches(PATHS.pods);
  await until(() => problems().length > 0, 'it is told');
  t.match(problems(), [/cannot be reached since .* \(no word within 0\.1 s\)/]);
  t.equal(state().pods, pods);
  server.fault = () => undefined;
  await until(() => problems().length === 0, 'it is over');
});

t.test('a server that asks for patience gets it', async t => {
  const { server, problems } = await scene(t);
  server.requests.length = 0;
  server.fault = ({ path }) =>
    path === PATHS.pods ? { status: 429, message: 'slow down', retryAfter: '1' } : undefined;
  server.endWatches(PATHS.pods);
  await until(() => problems().length > 0, 'it is told');
  const times = () => server.seen(PATHS.pods, 'version').map(({ atMs }) => atMs);
  await until(() => times().length === 2, 'it is asked again');
  const [first = 0, second = 0] = times();
  t.ok(second - first > 990, `asked again after ${second - first} ms`);
  server.fault = () => undefined;
  await until(() => problems().length === 0, 'it is over');
});

t.test('the first answer ends the pauses of an outage: what has expired is listed at once', async t => {
  // pauses are at random up to a minute, so that whoever waits one out fails the test
  const { server, state, problems } = await scene(t, {
    timing: { backoffMs: 60_000, backoffMostMs: 60_000, steadyMs: 20 },
  });
  server.collections.put(pod('p5', '10.1.0.5'));
  await until(() => state().pods.has(shopPod('p5')), 'the watch is steady');
  const lists = server.seen(PATHS.pods, 'list').length;
  const beganMs = performance.now();
  server.endWatches(PATHS.pods);
  server.collections.put(pod('p9', '10.1.0.9'));
  server.collections.compact();
  await until(() => server.seen(PATHS.pods, 'list').length > lists, 'it is listed');
  t.ok(performance.now() - beganMs < 5_000, 'without a pause');
  t.strictSame(problems(), []);
});

t.test('of an outage the newest reason is told, with the time since when', async t => {
  const { server, problems } = await scene(t, { timing: { answerMs: 100 } });
  const since = () => /since (\S+) /.exec(problems()[0] ?? '')?.[1];
  await server.goAway();
  await until(() => /ECONNREFUSED/.test(problems()[0] ?? ''), 'it is refused');
  const first = since();
  server.fault = () => 'hang';
  await server.comeUp();
  await until(() => /no word within 0\.1 s/.test(problems()[0] ?? ''), 'then it hangs');
  t.equal(problems().length, 1);
  t.equal(since(), first, 'it is one outage');
  server.fault = () => ({ status: 503, message: 'starting' });
  await until(
    () => problems().some(each => / 503 to '(list|watch) pods'.*\(starting\)/.test(each)),
    'then it refuses',
  );
  await until(() => !problems().some(each => each.includes('cannot be reached')), 'and can be reached');
  server.fault = () => undefined;
  await until(() => problems().length === 0, 'it is over');
});

t.test(
  'a server that is just starting refuses what it will admit: nobody is told to change a role',
  async t => {
    const { server, problems, told } = await scene(t, { timing: { patienceMs: 60_000, steadyMs: 0 } });
    const refused = () => server.requests.filter(({ method }) => method === 'GET').length;
    for (const status of [403, 401, 404, 429]) {
      const before = refused();
      server.fault = () => ({ status, message: 'not yet' });
      for (const path of Object.values(PATHS)) server.endWatches(path);
      await until(() => refused() > before + 10, `${status} for some time`);
      server.fault = () => undefined;
      await until(() => Object.values(PATHS).every(path => server.watching(path) === 1), 'it is over');
    }
    t.strictSame(problems(), []);
    t.equal(told.length, 1);
  },
);

t.test('an outage before the refusals is told until they are over, with its own reason', async t => {
  const { server, problems } = await scene(t, { timing: { patienceMs: 60_000 } });
  await server.goAway();
  await until(() => problems().length === 1, 'it is told');
  const [outage] = problems();
  server.fault = () => ({ status: 403, message: 'forbidden' });
  await server.comeUp();
  server.requests.length = 0;
  await until(() => server.requests.length > 30, 'it refuses everything');
  t.strictSame(problems(), [outage]);
  server.fault = () => undefined;
  await until(() => problems().length === 0, 'it is over');
});

t.test('the first kind that is answered after an outage ends the pauses of all', async t => {
  const { server, problems } = await scene(t, { timing: { backoffMs: 20, backoffMostMs: 600_000 } });
  await server.goAway();
  await until(() => problems().length === 1, 'it is told');
  await sleep(1_500); // by now the pauses are seconds, and doubled with each failure
  await server.comeUp();
  await until(() => Object.values(PATHS).some(path => server.watching(path) === 1), 'one is watched again');
  const beganMs = performance.now();
  await until(() => Object.values(PATHS).every(path => server.watching(path) === 1), 'all are');
  t.ok(performance.now() - beganMs < 1_000, `${performance.now() - beganMs} ms later`);
});
