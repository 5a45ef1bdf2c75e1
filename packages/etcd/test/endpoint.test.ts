import t from 'tap';
import { isLoopback, parseEndpoint } from '../src/endpoint.ts';

t.test('an endpoint is a scheme, a host and a port', t => {
  for (const [url, isTls, host, target] of [
    ['http://10.0.0.1:2379', false, '10.0.0.1', 'dns:///10.0.0.1:2379'],
    ['https://etcd.example:2379', true, 'etcd.example', 'dns:///etcd.example:2379'],
    ['http://[fd00::1]:2379', false, 'fd00::1', 'dns:///[fd00::1]:2379'],
    ['https://etcd.example:443', true, 'etcd.example', 'dns:///etcd.example:443'],
    ['http://etcd.example:80', false, 'etcd.example', 'dns:///etcd.example:80'],
    ['http://127.1:2379', false, '127.0.0.1', 'dns:///127.0.0.1:2379'],
  ] as const)
    t.strictSame(parseEndpoint(url), { url, isTls, host, target });
  for (const url of [
    '',
    'etcd:2379',
    'unix:///run/etcd.sock',
    'http://',
    'http://a:2379/path',
    'http://a:99999',
  ])
    t.throws(() => parseEndpoint(url), { name: 'RangeError', message: /is not an endpoint of etcd/ }, url);
  t.end();
});

t.test('loopback is this machine by whatever name', async t => {
  for (const host of [
    '127.0.0.1',
    '127.9.9.9',
    '::1',
    '::ffff:127.0.0.1',
    '0.0.0.0',
    '::',
    'localhost',
    'a.localhost',
  ])
    t.equal(await isLoopback(host), true, host);
  for (const host of ['10.0.0.1', '128.0.0.1', 'fd00::1', '::ffff:10.0.0.1', 'name.invalid'])
    t.equal(await isLoopback(host), false, host);
});
