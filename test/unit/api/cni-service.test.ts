// heddle.v1.Cni as any gRPC client calls it: what the plugin will print, or the trailers it prints from.
import { status } from '@grpc/grpc-js';
import t from 'tap';
import { bootClockMs } from '../../../loader/async/boot-clock.ts';
import { API } from '../../../loader/api/client.ts';
import { connect, refusal } from './client.ts';
import { serve } from './served.ts';

const { cni } = API;

function request(fields: object = {}) {
  const config = { cniVersion: '1.1.0', name: 'pods', type: 'heddle-cni', ...fields };
  return {
    containerId: 'c1',
    netns: '/run/netns/c1',
    ifname: 'eth0',
    args: '',
    path: '/opt/cni/bin',
    config: Buffer.from(JSON.stringify(config)),
  };
}

t.test('Add answers the result as JSON, the other commands nothing', async t => {
  const { socketPath } = await serve(t);
  const client = connect(t, socketPath);
  const added = JSON.parse(Buffer.from((await client.ask(cni.add, request())).result).toString()) as object;
  t.match(added, { cniVersion: '1.1.0', interfaces: [{}, { name: 'eth0' }] });
  t.equal((await client.ask(cni.check, request({ prevResult: added }))).result.length, 0);
  t.equal((await client.ask(cni.gc, request({ 'cni.dev/valid-attachments': [] }))).result.length, 0);
  t.equal((await client.ask(cni.status, request())).result.length, 0);
  t.equal((await client.ask(cni.del, request())).result.length, 0);
});

t.test('an error has a canonical status, a sentence, and the code in a trailer', async t => {
  const { attacher, socketPath } = await serve(t);
  const client = connect(t, socketPath);
  const cases = [
    [
      client.ask(cni.add, { ...request(), ifname: '' }),
      status.INVALID_ARGUMENT,
      '4',
      'CNI_IFNAME is not set',
    ],
    [client.ask(cni.add, { ...request(), netns: '' }), status.INVALID_ARGUMENT, '4', 'CNI_NETNS is not set'],
    [client.ask(cni.add, {}), status.INVALID_ARGUMENT, '6', /is not JSON/],
    [
      client.ask(cni.add, request({ name: '' })),
      status.INVALID_ARGUMENT,
      '7',
      /^network configuration: name/,
    ],
    [client.ask(cni.add, request({ cniVersion: '5' })), status.FAILED_PRECONDITION, '1', /not supported/],
    [client.ask(cni.check, request({ prevResult: {} })), status.NOT_FOUND, '3', 'container c1 has no eth0'],
  ] as const;
  const errors = await Promise.all(cases.map(([call]) => refusal(call)));
  for (const [i, [, code, cniCode, details]] of cases.entries()) {
    t.strictSame([errors[i]?.code, errors[i]?.metadata.get('cni-code')], [code, [cniCode]]);
    t.match(errors[i]?.details, details);
  }
  attacher.notReady = [{ sentence: 'not yet', limitsAttached: false }];
  const error = await refusal(client.ask(cni.status, request()));
  t.strictSame([error.code, error.metadata.get('cni-code')], [status.UNAVAILABLE, ['50']]);
  t.strictSame(attacher.added, []);
});

t.test('a second sentence comes in a trailer of its own', async t => {
  const { socketPath } = await serve(t);
  const error = await refusal(connect(t, socketPath).ask(cni.add, request({ cniVersion: '5' })));
  t.equal(
    decodeURIComponent(String(error.metadata.get('cni-details')[0])),
    'Supported are 0.3.1, 0.4.0, 1.0.0, 1.1.0.',
  );
});

t.test('a hundred containers are served at once, two calls for one after the other', async t => {
  const { attacher, socketPath } = await serve(t);
  attacher.delayMs = 50;
  const client = connect(t, socketPath);
  const begin = Date.now();
  const calls = Array.from({ length: 100 }, (_, i) =>
    client.ask(cni.add, { ...request(), containerId: `c${i}` }),
  );
  await Promise.all(calls);
  t.ok(Date.now() - begin < 100 * attacher.delayMs);
  // In the other order ADD would find its container there.
  await Promise.all([client.ask(cni.del, request()), client.ask(cni.add, request())]);
  t.equal(attacher.attachments.size, 100);
});

t.test('a call lasts since its plugin was started, whenever the daemon comes to read it', async t => {
  const observed: [outcome: string, seconds: number][] = [];
  const { socketPath } = await serve(t, undefined, {
    observeCni: (_, outcome, seconds) => observed.push([outcome, seconds]),
  });
  const client = connect(t, socketPath);
  const nowMs = bootClockMs();
  for (const startedMs of [nowMs - 5_000, 0, nowMs + 60_000, nowMs - 86_400_000])
    await client.ask(cni.status, { ...request(), startedMs });
  await refusal(client.ask(cni.add, { ...request(), ifname: '', startedMs: nowMs - 5_000 }));
  const lasted = observed.map(([, seconds]) => seconds);
  for (const i of [0, 4]) t.ok((lasted[i] ?? 0) >= 5, `${lasted[i]}`);
  for (const i of [1, 2, 3]) t.ok((lasted[i] ?? 9) < 5, `a time that cannot be: ${lasted[i]}`);
  t.equal(observed[4]?.[0], '4');
});
