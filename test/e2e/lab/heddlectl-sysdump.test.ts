// heddlectl sysdump of a lab's node: whole, without the secrets that are planted everywhere, and whatever is dead.
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import t from 'tap';
import { daemonOf, killDaemon } from '../../../lab/daemon.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { signal } from '../../../lab/process.ts';
import { heddlectl } from '../../support/heddlectl.ts';
import { podNamed, testLab } from '../../support/lab.ts';

t.setTimeout(600_000);

const lab = await testLab(t, { podsPerNode: 1 });
const node = nodeNamed(lab, 'n1');
const n1 = ['--lab', lab.options.name, '--node', 'n1'];
const folder = t.testdir();

/** Each is somewhere that a dump looks; none may be in it. */
const SECRETS = {
  password: 'planted-password-of-etcd',
  key: 'MHcCAQEEIPlantedPrivateKeyLine',
  token: 'planted.bearer.token.0123456789',
  kubeconfig: 'planted-kubeconfig-token',
  comment: 'planted-in-a-comment',
  cni: 'planted-cni-secret',
  log: 'planted-log-secret',
  stableSecret: 'fd5e:c2e7:0123:4567:89ab:cdef:0123:4567',
} as const;

interface Unpacked {
  readonly names: readonly string[];
  readonly text: (name: string) => string;
  readonly bytes: Buffer;
}

async function dump(name: string): Promise<Unpacked> {
  const path = join(folder, `${name}.tar.gz`);
  const { code, stdout, stderr } = await heddlectl(...n1, '-j', 'sysdump', path, '--time', '10m');
  if (code !== 0) throw new Error(`sysdump ended with ${code}: ${stdout}${stderr}`);
  const list = execFileSync('tar', ['-tzf', path], { encoding: 'utf8' }).trimEnd().split('\n');
  t.match(JSON.parse(stdout), { path, files: list.length, bytes: statSync(path).size });
  const names = list.map(each => each.slice(each.indexOf('/') + 1));
  const text = (wanted: string): string =>
    execFileSync('tar', ['-xzOf', path, list[names.indexOf(wanted)] ?? wanted], { encoding: 'utf8' });
  t.equal(statSync(path).mode & 0o777, 0o600, 'for its owner alone');
  return { names, text, bytes: gunzipSync(readFileSync(path)) };
}

function plantSecrets(): void {
  const sysctl = `echo ${SECRETS.stableSecret} >/proc/sys/net/ipv6/conf/lo/stable_secret`;
  execFileSync('nsenter', [`--net=${node.netns}`, 'sh', '-c', sysctl]);
  const own = dirname(node.configFile);
  const file = (name: string, text: string): string => {
    writeFileSync(join(own, name), text);
    return join(own, name);
  };
  const pem = `-----BEGIN EC PRIVATE KEY-----\n${SECRETS.key}\n-----END EC PRIVATE KEY-----\n`;
  const passwordFile = file('password', `${SECRETS.password}\n`);
  const keyFile = file('etcd.key', pem);
  const user = { token: SECRETS.kubeconfig };
  const kubeconfig = file('kubeconfig', JSON.stringify({ users: [{ name: 'u', user }] }));
  const cni = join(own, 'cni');
  mkdirSync(cni);
  writeFileSync(
    join(cni, '10-other.conflist'),
    JSON.stringify({
      cniVersion: '1.0.0',
      name: 'x',
      plugins: [{ type: 'y', k8s_auth_token: SECRETS.cni, pem }],
    }),
  );
  const config = readFileSync(node.configFile, 'utf8').replace(
    /^source:\n/m,
    [
      'source:',
      `  etcd: { passwordFile: ${passwordFile}, keyFile: ${keyFile} } # ${SECRETS.comment}`,
      `  kubeconfig: ${kubeconfig}`,
      '',
    ].join('\n'),
  );
  writeFileSync(node.configFile, `${config}cni: { confFile: ${join(cni, '05-heddle.conflist')} }\n`);
  appendFileSync(
    node.logFile,
    [
      `{"level":30,"msg":"used ${SECRETS.password}"}`,
      `{"level":30,"msg":"GET / failed (Authorization: Bearer ${SECRETS.token})"}`,
      `{"level":30,"password":"${SECRETS.log}","msg":"line after the secrets"}`,
      pem,
    ].join('\n'),
  );
}

t.test('a running node: everything that is known, and no secret', async t => {
  plantSecrets();
  const { names, text, bytes } = await dump('running');
  for (const name of ['status.txt', 'doctor.txt', 'endpoints.txt', 'maps/hd_route.txt', 'machine/nft.txt'])
    t.ok(names.includes(name), name);
  t.match(text('status.txt'), /^(ready|degraded)\n/);
  t.match(text('endpoints.txt'), `lab/${podNamed(lab, 'n2-p1').name}`);
  t.match(text('machine/nft.txt'), 'table inet heddle');
  t.match(text('machine/routes4.txt'), 'heddle0');
  t.match(text('machine/sysctls.txt'), '/proc/sys/net/ipv6/conf/lo/forwarding:');
  t.notMatch(text('about.txt'), /^(machine\/sysctls|history)\.txt: /m, 'whole');
  t.match(text('metrics.txt'), 'heddle_ready 1');
  t.match(text('log.txt'), 'line after the secrets');
  t.match(text('config/heddled.yaml'), 'passwordFile: ');
  t.match(text('cni/10-other.conflist'), 'k8s_auth_token: (removed)');
  t.ok(
    names.some(name => name.startsWith('state/attachments/')),
    'records',
  );
  for (const [place, secret] of Object.entries(SECRETS)) {
    t.notOk(bytes.includes(secret), place);
    t.notOk(bytes.includes(Buffer.from(secret).toString('base64').replace(/=+$/, '')), `${place}, in base64`);
  }
});

t.test('a daemon that hangs: in its time, with what is pinned', async t => {
  const daemon = daemonOf(node);
  if (daemon === undefined) throw new Error('the daemon runs');
  signal(daemon, 'SIGSTOP');
  const { names, text } = await dump('hung');
  signal(daemon, 'SIGCONT');
  for (const name of ['routes.txt', 'maps/hd_route.txt', 'machine/nft.txt', 'log.txt'])
    t.ok(names.includes(name), name);
  t.match(text('about.txt'), /^policies\.txt: ended /m);
});

t.test('a dead daemon, and a configuration that is refused: it says what is missing', async t => {
  await killDaemon(node);
  const dead = await dump('dead');
  t.match(dead.text('status.txt'), /^stopped\n/);
  t.match(dead.text('endpoints.txt'), `lab/${podNamed(lab, 'n1-p1').name}`);
  t.match(dead.text('about.txt'), /^policies\.txt: ended with 1: heddlectl: heddled does not answer/m);
  t.match(dead.text('about.txt'), /^metrics\.txt: /m);
  writeFileSync(node.configFile, 'nodeName: 7 7\ntunnel: [\n');
  const refused = await dump('refused');
  t.match(refused.text('about.txt'), /the configuration is refused: /);
  t.ok(refused.names.includes('machine/uname.txt'));
  t.match(refused.text('config/heddled.yaml'), 'nodeName: 7 7');
});
