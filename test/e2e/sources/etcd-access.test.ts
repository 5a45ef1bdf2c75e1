// etcd that asks who is there: TLS with certificates of both sides, users with passwords.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Etcd3 } from 'etcd3';
import t from 'tap';
import { certificateFiles } from '../../support/certificates.ts';
import { startEtcd } from '../../support/etcd.ts';
import { runDaemon, scratchConfig, scratchNode } from '../../support/scratch-daemon.ts';
import { connect } from '../../../loader/sources/etcd/connection.ts';
import { etcdNode, initCluster, NO_ACCESS, started } from './etcd-node.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const RANGES = JSON.stringify({ podCIDRs: [{ cidr: '10.244.0.0/16', nodePrefix: 24 }] });

t.test('over TLS, with certificates of both sides', async t => {
  const { ca, server: own, client } = certificateFiles(t);
  const server = await startEtcd(t, { tls: { ca, ...own } });
  const access = { endpoints: server.endpoint, caFile: ca, certFile: client.cert, keyFile: client.key };
  const operator = await connect({ ...NO_ACCESS, ...access });
  t.teardown(() => operator.close());
  await operator.put('/heddle/cluster').value(RANGES);
  const node = await started(etcdNode(t, 'n1', access));
  t.strictSame(node.state.nodes.get('n1')?.podCidrs, ['10.244.0.0/24']);

  const stranger = etcdNode(t, 'n2', { ...access, certFile: '', keyFile: '' });
  started(stranger).catch(() => undefined); // it waits until the test stops it
  t.ok(await until(() => stranger.delays.length > 0), 'without a certificate it is told why it waits');
  t.equal(stranger.tellings, 0, 'and learns nothing');
  await t.rejects(started(etcdNode(t, 'n3', { ...access, caFile: '/nonexistent' })), {
    code: 'INVALID_CONFIG',
    message: /source\.etcd\.caFile '\/nonexistent' cannot be read/,
  });
});

t.test('as a user with a password', async t => {
  const server = await startEtcd(t);
  const root = await initCluster(t, server.endpoint);
  await root.role('root').create();
  const user = await root.user('root').create('secret');
  await user.addRole('root');
  await root.auth.authEnable();
  const folder = mkdtempSync(join(tmpdir(), 'heddle-password-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, 'secret\n', { mode: 0o600 });
  const access = { endpoints: server.endpoint, username: 'root', passwordFile };
  const node = await started(etcdNode(t, 'n1', access));
  t.equal(node.state.nodes.size, 1);
  const known = new Etcd3({ hosts: server.endpoint, auth: { username: 'root', password: 'secret' } });
  t.teardown(() => known.close());
  await known
    .put('/heddle/objects/Namespace/shop')
    .value('{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop"}}');
  t.ok(await until(() => node.state.namespaces.size === 1), 'it follows');

  const stranger = etcdNode(t, 'n2', { endpoints: server.endpoint });
  started(stranger).catch(() => undefined); // it waits until the test stops it
  t.ok(
    await until(() => /user name|permission|auth/i.test(stranger.delays.join())),
    'who says no name is told why he waits',
  );
});

t.test('a daemon that waits for etcd ends when it is told to, and has changed nothing', async t => {
  const node = scratchNode(t);
  const config = {
    ...scratchConfig(node),
    source: { kind: 'etcd', etcd: { endpoints: 'http://127.0.0.1:1' } },
  };
  const { code, stdout } = await runDaemon(node, config, {
    until: printed => printed.includes('cannot be reached since'),
  });
  t.equal(code, 0);
  t.match(stdout, /cannot be reached since[^]*stopping: traffic goes on/);
  t.notOk(existsSync(join(node.pinRoot, 'programs')), 'nothing was loaded');
});
