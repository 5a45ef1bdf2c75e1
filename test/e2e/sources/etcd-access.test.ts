// etcd that asks who is there: TLS with certificates of both sides, users with passwords and tokens, all of them replaced.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { oneKey } from 'etcd';
import { parseAddr, type Addr } from 'ip';
import t from 'tap';
import { certificateFiles, newCertificates } from '../../support/certificates.ts';
import { startEtcd } from '../../support/etcd.ts';
import { askAsRoot, base64, enableUsers, ETCD_USERS, readWriteBelow } from '../../support/etcd-gateway.ts';
import { runDaemon, scratchConfig, scratchNode } from '../../support/scratch-daemon.ts';
import type { PodKey } from '../../../loader/model/objects.ts';
import { connect } from '../../../loader/sources/etcd/connection.ts';
import { etcdNode, initCluster, NO_ACCESS, started } from './etcd-node.ts';
import { namespaceKey, namespaceText } from '../../support/etcd-objects.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

interface Test {
  teardown(undo: () => unknown): void;
}

function scratchFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-etcd-access-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Settings of who is user `heddle`, with a password file of its own. */
function heddleUser(
  t: Test,
  endpoints: string,
): { endpoints: string; username: string; passwordFile: string } {
  const passwordFile = join(scratchFolder(t), 'password');
  writeFileSync(passwordFile, `${ETCD_USERS.heddle}\n`, { mode: 0o600 });
  return { endpoints, username: 'heddle', passwordFile };
}

/** etcd's setting for tokens that it signs itself. */
function jwt(t: Test): string {
  const folder = scratchFolder(t);
  const [priv, pub] = [join(folder, 'jwt.key'), join(folder, 'jwt.pub')];
  execFileSync('openssl', ['genrsa', '-out', priv, '2048'], { stdio: 'ignore' });
  execFileSync('openssl', ['rsa', '-in', priv, '-pubout', '-out', pub], { stdio: 'ignore' });
  return `jwt,pub-key=${pub},priv-key=${priv},sign-method=RS256,ttl=10m`;
}

function published(address: string): ReadonlyMap<PodKey, { addresses: readonly Addr[] }> {
  return new Map([['shop/web' as PodKey, { addresses: [parseAddr(address)] }]]);
}

async function retried(call: () => Promise<unknown>): Promise<boolean> {
  await call();
  return true;
}

const RANGES = JSON.stringify({ podCIDRs: [{ cidr: '10.244.0.0/16', nodePrefix: 24 }] });

t.test('over TLS, with certificates of both sides', async t => {
  const { ca, server: own, client } = certificateFiles(t);
  const server = await startEtcd(t, { tls: { ca, ...own } });
  const access = { endpoints: server.endpoint, caFile: ca, certFile: client.cert, keyFile: client.key };
  const operator = connect({ ...NO_ACCESS, ...access });
  t.teardown(() => operator.close());
  await operator.put('/heddle/cluster', RANGES);
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

t.test('as a user with a password: etcd restarts, and forgets whom it has let in', async t => {
  const server = await startEtcd(t);
  await initCluster(t, server.endpoint);
  await enableUsers(server.endpoint);
  const node = await started(etcdNode(t, 'n1', heddleUser(t, server.endpoint)));
  t.equal(node.state.nodes.size, 1);
  const operator = connect({ ...NO_ACCESS, ...heddleUser(t, server.endpoint) });
  t.teardown(() => operator.close());
  await operator.put(namespaceKey('shop'), namespaceText('shop'));
  t.ok(await until(() => node.state.namespaces.size === 1), 'it follows');

  await server.kill();
  await server.restart();
  t.ok(await until(() => retried(() => operator.put(namespaceKey('late'), namespaceText('late')))));
  t.ok(await until(() => node.state.namespaces.size === 2), 'it follows again');
  t.ok(await until(() => node.problems.length === 0), 'and nothing is left to be told');

  const stranger = etcdNode(t, 'n2', { endpoints: server.endpoint });
  started(stranger).catch(() => undefined); // it waits until the test stops it
  t.ok(
    await until(() => /user name is empty/.test(stranger.delays.join())),
    'without a name it is told why it waits',
  );
});

t.test('the password changes: the newest reason is told, and the file is read again', async t => {
  const server = await startEtcd(t);
  await initCluster(t, server.endpoint);
  await enableUsers(server.endpoint);
  const access = heddleUser(t, server.endpoint);
  const node = await started(etcdNode(t, 'n1', access));
  await askAsRoot(server.endpoint, 'auth/user/changepw', { name: 'heddle', password: 'another' });
  await server.kill();
  t.ok(await until(() => /ECONNREFUSED/.test(node.problems.join())), 'while it is down');
  await server.restart();
  t.ok(await until(() => /authentication failed, invalid user ID or password/.test(node.problems.join())));
  t.notMatch(node.problems.join(), /ECONNREFUSED/, 'what was so before is not told any more');
  t.equal(node.state.nodes.size, 1, 'the cluster stays');
  writeFileSync(access.passwordFile, 'another\n');
  t.ok(await until(() => node.problems.length === 0), 'it is let in with the new one');
  const operator = connect({ ...NO_ACCESS, ...access });
  t.teardown(() => operator.close());
  await operator.put(namespaceKey('shop'), namespaceText('shop'));
  t.ok(await until(() => node.state.namespaces.size === 1), 'and follows');
});

t.test('users come and go while daemons run', async t => {
  const server = await startEtcd(t);
  const open = await initCluster(t, server.endpoint);
  const node = await started(etcdNode(t, 'n1', heddleUser(t, server.endpoint)));
  t.equal(node.state.nodes.size, 1, 'an etcd without users takes who says a name');
  await enableUsers(server.endpoint);
  await node.source.publish(published('10.244.0.7'));
  await askAsRoot(server.endpoint, 'auth/disable');
  const written = async () => (await open.get('/heddle/pods/n1/shop/web'))?.value ?? '';
  t.match(await written(), /10\.244\.0\.7/, 'a write logs in when it must');
  await node.source.publish(published('10.244.0.8'));
  t.match(await written(), /10\.244\.0\.8/, 'and when it need not any more');
  t.strictSame(node.problems, []);
});

t.test('with JWT: a role that changes makes every token old, and they are renewed', async t => {
  const server = await startEtcd(t, { flags: ['--auth-token', jwt(t)] });
  await initCluster(t, server.endpoint);
  await enableUsers(server.endpoint);
  const node = await started(etcdNode(t, 'n1', heddleUser(t, server.endpoint)));
  await askAsRoot(server.endpoint, 'auth/role/add', { name: 'stranger' });
  await node.source.publish(published('10.244.0.7'));
  const operator = connect({ ...NO_ACCESS, ...heddleUser(t, server.endpoint) });
  t.teardown(() => operator.close());
  t.match((await operator.get('/heddle/pods/n1/shop/web'))?.value, /10\.244\.0\.7/);
  await operator.delete(oneKey('/heddle/alive/n1'));
  t.ok(await until(async () => (await operator.get('/heddle/alive/n1')) !== undefined), 'the lease');

  await askAsRoot(server.endpoint, 'auth/role/revoke', {
    role: 'heddle',
    key: base64('/heddle/'),
    range_end: base64('/heddle0'),
  });
  await server.kill();
  await server.restart();
  t.ok(
    await until(() => /permission denied/.test(node.problems.join())),
    'what it may not do any more is told',
  );
  await askAsRoot(server.endpoint, 'auth/role/grant', { name: 'heddle', perm: readWriteBelow('/heddle/') });
  t.ok(await until(() => node.problems.length === 0), 'until it may again');
});

t.test('authority and certificates are replaced on disk, one after the other', async t => {
  const [old, fresh] = [newCertificates(), newCertificates()];
  const [server, client] = [certificateFiles(t, old), certificateFiles(t, old)];
  const etcd = await startEtcd(t, { tls: { ca: server.ca, ...server.server } });
  const access = {
    ...{ endpoints: etcd.endpoint, caFile: client.ca },
    ...{ certFile: client.client.cert, keyFile: client.client.key },
  };
  const operator = connect({ ...NO_ACCESS, ...access });
  t.teardown(() => operator.close());
  await operator.put('/heddle/cluster', RANGES);
  const node = await started(etcdNode(t, 'n1', access));

  await etcd.kill();
  writeFileSync(server.ca, fresh.ca);
  writeFileSync(server.server.cert, fresh.server.cert);
  writeFileSync(server.server.key, fresh.server.key);
  await etcd.restart();
  t.ok(
    await until(() => /certificate|self.signed/.test(node.problems.join())),
    'a server of an unknown authority',
  );
  writeFileSync(client.ca, fresh.ca);
  t.ok(
    await until(() => /bad certificate|unknown ca|decrypt error/i.test(node.problems.join())),
    node.problems.join(),
  );
  writeFileSync(client.client.cert, fresh.client.cert);
  t.ok(await until(() => /key values mismatch/.test(node.problems.join())), 'a certificate without its key');
  writeFileSync(client.client.key, fresh.client.key);
  t.ok(await until(() => node.problems.length === 0), 'then it is let in');
  await operator.put(namespaceKey('shop'), namespaceText('shop'));
  t.ok(await until(() => node.state.namespaces.size === 1), 'and follows');
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
