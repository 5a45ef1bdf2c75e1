// grpc.health.v1 as any prober asks it.
import { status } from '@grpc/grpc-js';
import t from 'tap';
import { API } from '../../../loader/api/client.ts';
import { grpc } from '../../../loader/api/proto.gen.js';
import { connect, refusal, watch } from './client.ts';
import { serve } from './served.ts';

const { SERVING, NOT_SERVING, SERVICE_UNKNOWN } = grpc.health.v1.HealthCheckResponse.ServingStatus;
const { health } = API;

t.test('before the first reconcile pods cannot be added, but the dataplane can be looked at', async t => {
  const { view, socketPath } = await serve(t);
  const client = connect(t, socketPath);
  const check = async (service: string) => (await client.ask(health.check, { service })).status;
  view.set({ ready: false });
  t.equal(await check(''), NOT_SERVING);
  t.equal(await check('heddle.v1.Cni'), NOT_SERVING);
  t.equal(await check('heddle.v1.Dataplane'), SERVING);
  view.set({ ready: true });
  t.equal(await check(''), SERVING);
  t.equal(await check('heddle.v1.Cni'), SERVING);
});

t.test('a service that nobody knows is NOT_FOUND for Check', async t => {
  const { socketPath } = await serve(t);
  for (const service of ['heddle.v1.Nothing', 'toString', '__proto__']) {
    const error = await refusal(connect(t, socketPath).ask(health.check, { service }));
    t.equal(error.code, status.NOT_FOUND);
  }
});

t.test('Watch tells the status at once and each time it changes', async t => {
  const { view, socketPath } = await serve(t);
  const client = connect(t, socketPath);
  const reader = watch(client, health.watch, { service: '' });
  t.match(await reader.take(1), [{ status: SERVING }]);
  view.set({ ready: false });
  t.match(await reader.take(1), [{ status: NOT_SERVING }]);
  view.set({ ready: true });
  t.match(await reader.take(1), [{ status: SERVING }]);
  reader.call.cancel();
  const unknown = watch(client, health.watch, { service: 'nobody' });
  t.match(await unknown.take(1), [{ status: SERVICE_UNKNOWN }]);
  unknown.call.cancel();
});
