// HTTPS_PROXY and NO_PROXY mean what they mean to kubectl (golang.org/x/net/http/httpproxy); loopback is never proxied.
import t from 'tap';
import { environmentProxy } from '../../../loader/sources/environment-proxy.ts';

const PROXY = 'http://proxy.example:3128';
const API = 'https://api.cluster.example:6443';

function isProxied(url: string, noProxy: string): boolean {
  return environmentProxy(url, { HTTPS_PROXY: PROXY, NO_PROXY: noProxy }) !== undefined;
}

t.test('a proxy is taken from either case, with or without a scheme; HTTP_PROXY is for http:// alone', t => {
  t.equal(environmentProxy(API, { https_proxy: PROXY }), PROXY);
  t.equal(environmentProxy(API, { HTTPS_PROXY: '', https_proxy: 'proxy.example:3128' }), PROXY);
  t.equal(environmentProxy(API, { HTTP_PROXY: PROXY, ALL_PROXY: PROXY }), undefined);
  t.equal(environmentProxy(API, {}), undefined);
  t.end();
});

t.test('nothing on loopback is proxied, whatever the environment says', t => {
  for (const host of ['127.0.0.1', '127.9.8.7', '[::1]', '[::ffff:127.0.0.1]', 'localhost', 'LOCALHOST.'])
    t.notOk(isProxied(`https://${host}:6443`, ''), host);
  t.ok(isProxied('https://128.0.0.1:6443', ''));
  t.end();
});

const rows: readonly (readonly [noProxy: string, url: string, isProxied: boolean])[] = [
  ['*', API, false],
  ['cluster.example', API, false],
  ['api.cluster.example', API, false],
  ['.cluster.example', API, false],
  ['*.cluster.example', API, false],
  ['.api.cluster.example', API, true],
  ['luster.example', API, true],
  ['CLUSTER.example', API, false],
  ['other.example, cluster.example:6443', API, false],
  ['cluster.example:443', API, true],
  ['cluster.example:443', 'https://cluster.example', false],
  ['10.0.0.0/8', 'https://10.96.0.1:443', false],
  ['10.0.0.0/8', 'https://11.0.0.1', true],
  ['10.96.0.1', 'https://10.96.0.1', false],
  ['10.96.0.1:6443', 'https://10.96.0.1', true],
  ['fd00::/8', 'https://[fd00::1]:6443', false],
  ['fd00::1', 'https://[fd00::1]:6443', false],
  ['[fd00::1]:6443', 'https://[fd00::1]:6443', false],
  ['10.0.0.0/8', API, true],
  ['', API, true],
];
for (const [noProxy, url, expected] of rows)
  t.test(`NO_PROXY='${noProxy}' and ${url}`, t => {
    t.equal(isProxied(url, noProxy), expected);
    t.end();
  });
