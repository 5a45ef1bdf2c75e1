// Services and EndpointSlices are asked for only where `services` is not off.
import t from 'tap';
import { scene, until } from './scene.ts';

const SERVICES = '/api/v1/services';
const SLICES = '/apis/discovery.k8s.io/v1/endpointslices';

const WEB = {
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { clusterIP: '10.96.0.1' },
};
const SLICE = {
  kind: 'EndpointSlice',
  metadata: { name: 'web-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['10.1.0.1'] }],
};

t.test('they are listed and watched, and a change is told alone', async t => {
  const { server, state } = await scene(t, {
    services: true,
    prepare: ({ collections }) => void collections.put(WEB),
  });
  t.equal(state().services.size, 1);
  t.equal(state().endpointSlices.size, 0);
  const { services } = state();
  await until(() => server.watching(SLICES) === 1, 'slices are watched');
  server.collections.put(SLICE);
  await until(() => state().endpointSlices.size === 1, 'the slice is told');
  t.equal(state().services, services, 'the Services are the same object');
});

t.test('without them nothing of them is asked', async t => {
  const { server, state } = await scene(t, { prepare: ({ collections }) => void collections.put(WEB) });
  t.equal(state().services.size, 0);
  t.strictSame([server.seen(SERVICES, 'list'), server.seen(SLICES, 'list')], [[], []]);
});
