// The program that a kubeconfig names for credentials is another's. The kind: what is asked and never answers is waited for, for
// ever, by everybody. Examples: a plugin that hangs, one that waits for a terminal, one whose child holds its output, one that
// prints without an end; and one that prints no credential.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { ExecPlugin } from '../../../../loader/sources/kubernetes/exec-plugin.ts';
import { watchedResources } from '../../../../loader/sources/kubernetes/api-calls.ts';
import { ApiClient } from '../../../../loader/sources/kubernetes/api-client.ts';
import { ClusterAccess } from '../../../../loader/sources/kubernetes/cluster-access.ts';
import { KubernetesSource } from '../../../../loader/sources/kubernetes/kubernetes-source.ts';
import type { ClusterState } from '../../../../loader/model/objects.ts';
import { StandInApiServer } from '../../../support/api-server/api-server.ts';
import { certificates } from '../../../support/certificates.ts';
import { withoutDescriptors } from '../../../support/without-descriptors.ts';
import { HURRY, node, until } from './scene.ts';

const ANSWER = '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":';
const TOKEN = `echo '${ANSWER}{"token":"first-token"}}'`;

/** A directory with the plugin `plugin`, which a shell runs. */
function withPlugin(t: Test, script: string) {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-plugin-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const write = (text: string): void => {
    writeFileSync(join(directory, 'plugin'), `#!/bin/sh\ncd "$(dirname "$0")"\necho x >>asked\n${text}\n`);
    chmodSync(join(directory, 'plugin'), 0o755);
  };
  write(script);
  const asked = () => readFileSync(join(directory, 'asked'), 'utf8').length / 2;
  return { directory, write, asked, kubeconfig: join(directory, 'kubeconfig') };
}

/** What leads to the server, with what the plugin `plugin` beside it prints. */
function kubeconfigText(server: string): string {
  const ca = Buffer.from(certificates().ca).toString('base64');
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './plugin' };
  return JSON.stringify({
    clusters: [{ name: 'c', cluster: { server, 'certificate-authority-data': ca } }],
    users: [{ name: 'u', user: { exec } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
}

function pluginOf(t: Test, script: string, more: { timeoutMs?: number; exec?: object } = {}) {
  const one = withPlugin(t, script);
  const { timeoutMs = 60_000, exec } = more;
  const config = { command: './plugin', ...exec };
  const plugin = new ExecPlugin({ config, kubeconfig: one.kubeconfig, timeoutMs });
  t.teardown(() => plugin[Symbol.dispose]());
  return { ...one, plugin };
}

const SHORT_MS = 500;
const LONG_MS = 60_000;

for (const [what, script, reason, timeoutMs] of [
  ['hangs', 'sleep 3600', /the exec plugin \.\/plugin gives no credential: no answer for 0\.5 s/, SHORT_MS],
  ['hangs and ignores signals', "trap '' TERM INT HUP; sleep 3600", /no answer for 0\.5 s/, SHORT_MS],
  ['prints without an end', 'yes', /its output has no end|no answer for 0\.5 s/, SHORT_MS],
  ['fails', 'echo no session >&2; exit 3', /gives no credential: no session/, LONG_MS],
  ['fails without a word', 'exit 3', /it ended with 3/, LONG_MS],
  ['prints what is no JSON', 'echo hello', /its output is no JSON/, LONG_MS],
  ['prints no credential', 'echo "{}"', /its output is no ExecCredential with a status/, LONG_MS],
] as const)
  t.test(`a plugin that ${what} is a failure of one sentence, and is asked again`, async t => {
    const { plugin, write } = pluginOf(t, script, { timeoutMs });
    await t.rejects(plugin.credential(), { message: reason });
    write(TOKEN);
    // SHORT_MS may be short for a shell on a busy machine
    const answered = async (): Promise<boolean> =>
      (await plugin.credential().catch(() => undefined)) !== undefined;
    for (const deadline = Date.now() + 60_000; !(await answered()) && Date.now() < deadline;);
    t.ok(await answered());
  });

t.test('a plugin that waits for a terminal reads an end of file', async t => {
  const { plugin } = pluginOf(t, `read line; ${TOKEN}`);
  t.strictSame(await plugin.credential(), { token: 'first-token' });
});

t.test('a plugin whose child holds its output has answered all the same', async t => {
  const { plugin, directory } = pluginOf(t, `sleep 3600 & echo $! >child; ${TOKEN}`);
  t.teardown(() => process.kill(Number(readFileSync(join(directory, 'child'), 'utf8'))));
  t.strictSame(await plugin.credential(), { token: 'first-token' });
});

t.test('nothing is killed when a plugin has answered: its pid may be of another group by then', async t => {
  const { plugin, directory } = pluginOf(t, `sleep 3600 >/dev/null 2>&1 & echo $! >child; ${TOKEN}`);
  await plugin.credential();
  const child = Number(readFileSync(join(directory, 'child'), 'utf8'));
  t.teardown(() => process.kill(child));
  plugin[Symbol.dispose]();
  t.notMatch(readFileSync(`/proc/${child}/status`, 'utf8'), /^State:\t[ZX]/m);
});

t.test('without descriptors it is a failure of one sentence, and is asked again', async t => {
  const { plugin } = pluginOf(t, TOKEN);
  await withoutDescriptors(() =>
    t.rejects(plugin.credential(), { message: /gives no credential: spawn .* EMFILE/ }),
  );
  t.strictSame(await plugin.credential(), { token: 'first-token' });
});

t.test('it is told what it is asked for, with the variables and arguments of the kubeconfig', async t => {
  const script = `echo '${ANSWER}{"token":"'$1-$KEY-"$(echo "$KUBERNETES_EXEC_INFO" | tr -d '"{} ')"'"}}'`;
  const exec = {
    args: ['one'],
    env: [{ name: 'KEY', value: 'two' }],
    apiVersion: 'client.authentication.k8s.io/v1beta1',
  };
  const { plugin } = pluginOf(t, script, { exec });
  const { token = '' } = await plugin.credential();
  t.match(token, /^one-two-apiVersion:client\.authentication\.k8s\.io\/v1beta1,kind:ExecCredential,spec:/);
});

t.test('many who ask at once are one run; what it said is kept until it expires', async t => {
  const soon = new Date(Date.now() + 3_600_000).toISOString();
  const { plugin, asked } = pluginOf(t, `echo '${ANSWER}{"token":"a","expirationTimestamp":"${soon}"}}'`);
  await Promise.all(Array.from({ length: 20 }, () => plugin.credential()));
  await plugin.credential();
  t.equal(asked(), 1);
  const over = new Date(Date.now() - 1_000).toISOString();
  const expired = pluginOf(t, `echo '${ANSWER}{"token":"a","expirationTimestamp":"${over}"}}'`);
  await expired.plugin.credential();
  await expired.plugin.credential();
  t.equal(expired.asked(), 2);
});

t.test('a source whose plugin hangs says so, stops, and goes on when the plugin answers', async t => {
  const { kubeconfig, write } = withPlugin(t, 'sleep 3600');
  const server = new StandInApiServer();
  await server.comeUp();
  server.collections.put(node('a', '192.0.2.1'));
  writeFileSync(kubeconfig, kubeconfigText(`${server.url}/`));
  const waiting: string[] = [];
  const states: ClusterState[] = [];
  const newSource = () =>
    new KubernetesSource({
      ...{ nodeName: 'a', kubeconfig, ready: () => false, ownNode: () => undefined },
      ...{ timing: HURRY, onDelay: sentence => waiting.push(sentence) },
    });
  const first = newSource();
  const never = first.start(() => undefined);
  never.catch(() => undefined);
  t.teardown(() => server.goAway());
  await until(
    () => waiting.some(each => /\.\/plugin gives no credential: no answer for 1 s/.test(each)),
    'told',
  );
  await first.stop();
  await t.rejects(never, { code: 'NOT_READY' });
  const second = newSource();
  t.teardown(() => second.stop());
  const started = second.start(state => states.push(state));
  write(TOKEN);
  await started;
  t.ok(states.at(-1)?.nodes.has('a'));
});

t.test('requests that are refused all at once renew what proves who we are once', async t => {
  const { kubeconfig, write, asked } = withPlugin(t, TOKEN);
  const server = new StandInApiServer();
  await server.comeUp();
  t.teardown(() => server.goAway());
  writeFileSync(kubeconfig, kubeconfigText(server.url));
  using access = await ClusterAccess.open(kubeconfig);
  const refused = await Promise.all(Array.from({ length: 5 }, () => access.requestOptions()));
  t.equal(asked(), 1);
  write(TOKEN.replace('first', 'second'));
  for (const { credentials } of refused) {
    access.renew(credentials);
    t.equal((await access.requestOptions()).headers['Authorization'], 'Bearer second-token');
  }
  t.equal(asked(), 2);
  server.tokens.add('third-token').delete('first-token');
  write(TOKEN.replace('first', 'third'));
  const client = new ApiClient(access, 60_000, new AbortController().signal);
  await Promise.all(watchedResources.map(({ list }) => client.send({ call: list }).catch(() => undefined)));
  t.equal(asked(), 3);
});
