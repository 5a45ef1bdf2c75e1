// What proves who we are, and who the server is, changes on disk while the daemon runs: each connection reads it again.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { KubernetesSource } from '../../../../loader/sources/kubernetes/kubernetes-source.ts';
import type { ClusterState } from '../../../../loader/model/objects.ts';
import { StandInApiServer } from '../../../support/api-server/api-server.ts';
import { newCertificates, type Certificates } from '../../../support/certificates.ts';
import { HURRY, node, pod, shopPod, until } from './scene.ts';

interface Disk {
  readonly server: StandInApiServer;
  /** Writes a file beside the kubeconfig. */
  readonly write: (name: string, text: string) => void;
  readonly kubeconfig: (cluster: object, user: object, server?: string) => void;
}

interface Form {
  readonly name: string;
  readonly usesCertificate?: true;
  /** Everything, as those authorities and that token are used from then on. */
  readonly write: (disk: Disk, authority: Certificates, token: string) => void;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const inline = ({ ca }: Certificates) => ({ 'certificate-authority-data': base64(ca) });

const forms: readonly Form[] = [
  {
    name: 'everything in the kubeconfig: CA and token',
    write: ({ kubeconfig }, authority, token) => kubeconfig(inline(authority), { token }),
  },
  {
    name: 'CA and token in files that a kubeconfig names, relative to it',
    write: ({ kubeconfig, write }, { ca }, token) => {
      write('ca.pem', ca);
      write('token', `${token}\n`);
      kubeconfig({ 'certificate-authority': 'ca.pem' }, { tokenFile: 'token' });
    },
  },
  {
    name: 'a client certificate in the kubeconfig',
    usesCertificate: true,
    write: ({ kubeconfig }, authority) => {
      const { cert, key } = authority.client;
      kubeconfig(inline(authority), {
        'client-certificate-data': base64(cert),
        'client-key-data': base64(key),
      });
    },
  },
  {
    name: 'a client certificate in files',
    usesCertificate: true,
    write: ({ kubeconfig, write }, authority) => {
      const { cert, key } = authority.client;
      write('client.pem', cert);
      write('client.key', key);
      kubeconfig(inline(authority), { 'client-certificate': 'client.pem', 'client-key': 'client.key' });
    },
  },
  {
    name: 'data beside files that are of before: data counts, as with kubectl',
    write: ({ kubeconfig, write }, authority, token) => {
      write('stale.pem', 'of before');
      kubeconfig({ ...inline(authority), 'certificate-authority': 'stale.pem' }, { token });
    },
  },
];

async function diskScene(t: Test) {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-rotation-'));
  const server = new StandInApiServer();
  server.authority = newCertificates();
  await server.comeUp();
  server.collections.put(node('a', '192.0.2.1'));
  const write = (name: string, text: string): void => writeFileSync(join(directory, name), text);
  const kubeconfig: Disk['kubeconfig'] = (cluster, user, url = server.url) =>
    write(
      'kubeconfig',
      JSON.stringify({
        clusters: [{ name: 'c', cluster: { server: url, ...cluster } }],
        users: [{ name: 'u', user }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x',
      }),
    );
  const states: ClusterState[] = [];
  let problems: readonly string[] = [];
  const source = new KubernetesSource({
    ...{ nodeName: 'a', kubeconfig: join(directory, 'kubeconfig'), ready: () => false },
    ...{ ownNode: () => undefined, timing: HURRY },
  });
  t.teardown(async () => {
    await source.stop();
    await server.goAway();
    rmSync(directory, { recursive: true });
  });
  const start = () =>
    source.start((state, sentences) => {
      states.push(state);
      problems = sentences;
    });
  const pods = () => states.at(-1)?.pods;
  return { server, write, kubeconfig, start, pods, problems: () => problems, directory };
}

for (const { name, write, usesCertificate } of forms)
  t.test(`${name}: rotated, all at once, while the server was away`, async t => {
    const disk = await diskScene(t);
    const { server, start, pods, problems } = disk;
    server.acceptsCertificates = usesCertificate === true;
    write(disk, server.authority ?? newCertificates(), 'first-token');
    if (usesCertificate) server.tokens.clear();
    await start();
    await server.goAway();
    await until(() => problems().some(each => /ECONNREFUSED/.test(each)), 'it is away');
    server.authority = newCertificates();
    server.tokens.clear();
    if (!usesCertificate) server.tokens.add('second-token');
    await server.comeUp();
    await until(() => problems().some(each => /certificate/.test(each)), 'the newest reason is told');
    t.equal(problems().length, 1);
    server.collections.put(pod('p1', '10.1.0.1'));
    write(disk, server.authority, 'second-token');
    await until(() => pods()?.has(shopPod('p1')) === true, 'it is read again');
    await until(() => problems().length === 0, 'nothing is wrong');
  });

t.test('the kubeconfig names another server', async t => {
  const disk = await diskScene(t);
  const { server, start, pods, problems } = disk;
  const authority = server.authority ?? newCertificates();
  disk.kubeconfig(inline(authority), { token: 'first-token' });
  await start();
  const other = new StandInApiServer();
  other.authority = authority;
  await other.comeUp();
  t.teardown(() => other.goAway());
  other.collections.put(node('a', '192.0.2.1'));
  other.collections.put(pod('p9', '10.1.0.9'));
  await server.goAway();
  disk.kubeconfig(inline(authority), { token: 'first-token' }, other.url);
  await until(() => pods()?.has(shopPod('p9')) === true, 'its objects are known');
  await until(() => problems().length === 0, 'nothing is wrong');
  t.ok(other.requests.length > 0);
});

for (const [what, text] of [
  ['is gone', undefined],
  ['is half written', '{"clusters": [{"name": "c", "clus'],
  ['is empty', ''],
] as const)
  t.test(
    `a kubeconfig that ${what} for a moment is told as the reason, and read when it is there`,
    async t => {
      const disk = await diskScene(t);
      const { server, start, pods, problems, directory } = disk;
      const authority = server.authority ?? newCertificates();
      disk.kubeconfig(inline(authority), { token: 'first-token' });
      await start();
      if (text === undefined) rmSync(join(directory, 'kubeconfig'));
      else disk.write('kubeconfig', text);
      server.endWatches('/api/v1/pods');
      await until(() => problems().some(each => each.includes('the kubeconfig')), 'it is told');
      server.collections.put(pod('p1', '10.1.0.1'));
      disk.kubeconfig(inline(authority), { token: 'first-token' });
      await until(() => pods()?.has(shopPod('p1')) === true, 'it is read');
      await until(() => problems().length === 0, 'nothing is wrong');
      t.pass();
    },
  );

t.test('a proxy of the environment is for servers elsewhere, and never for one on loopback', async t => {
  const asked: string[] = [];
  const proxy: Server = createServer();
  const disk = await diskScene(t);
  const { server, start, pods } = disk;
  proxy.on('connect', ({ url = '' }, socket) => {
    asked.push(url);
    const { port } = new URL(server.url);
    const upstream = connect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    for (const one of [upstream, socket]) one.on('error', () => undefined);
  });
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
  process.env['HTTPS_PROXY'] = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  t.teardown(() => {
    delete process.env['HTTPS_PROXY'];
    proxy.closeAllConnections();
    proxy.close();
  });
  const authority = server.authority ?? newCertificates();
  disk.kubeconfig(inline(authority), { token: 'first-token' });
  await start();
  t.strictSame(asked, [], 'it is asked for nothing');
  const elsewhere = 'https://192.0.2.77:6443';
  disk.kubeconfig(
    { ...inline(authority), 'tls-server-name': '127.0.0.1' },
    { token: 'first-token' },
    elsewhere,
  );
  server.endWatches('/api/v1/pods');
  server.collections.put(pod('p1', '10.1.0.1'));
  await until(() => pods()?.has(shopPod('p1')) === true, 'it is reached by the proxy');
  t.ok(asked.length > 0 && asked.every(each => each === '192.0.2.77:6443'), asked.join());
});
