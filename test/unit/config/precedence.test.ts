import t from 'tap';
import { DEFAULT_CONFIG_PATH } from '../../../loader/config.ts';
import { loaded } from './loaded.ts';

t.test('without any file, flag or variable every setting has its default', t => {
  t.strictSame(loaded(), {
    nodeName: 'node-a',
    uplink: 'auto',
    pinRoot: '/sys/fs/bpf/heddle',
    stateDir: '/var/lib/heddle',
    runDir: '/run/heddle',
    socket: '/run/heddle/heddled.sock',
    procSys: '/proc/sys',
    source: {
      kind: 'manifests',
      directory: '/etc/heddle/manifests',
      kubeconfig: '',
      etcd: {
        ...{ endpoints: 'http://127.0.0.1:2379', prefix: '/heddle', leaseSeconds: 30 },
        ...{ caFile: '', certFile: '', keyFile: '', username: '', passwordFile: '' },
      },
    },
    tunnel: {
      kernelVxlan: 'auto',
      encapsulation: 'always',
      port: 4789,
      vni: 1,
      family: 'auto',
      sourcePortMin: 49152,
      sourcePortMax: 65535,
    },
    overlayDevice: 'heddle0',
    mtu: 'auto',
    xdp: 'off',
    masquerade: true,
    expediteAttach: true,
    ipam: { reuseDelaySeconds: 60 },
    cni: { binDir: '', confFile: '' },
    metrics: { listen: '127.0.0.1:9469' },
    services: 'off',
    flowCache: 'on',
    flowHistory: { events: 65536 },
    flannel: {
      ...{
        nodes: 'auto',
        annotationPrefix: 'flannel.alpha.coreos.com/',
        hostLocalDir: '/var/lib/cni/networks',
      },
    },
    podWaitMs: 5000,
    requirePodObject: false,
    nftTable: 'heddle',
    maps: {
      ...{ services: 65536, backends: 262144 },
      ...{ endpoints: 262144, routes: 65536, conntrack: 0, cidrs: 262144, policyPeers: 262144 },
      ...{ ruleSets: 524288, rules: 262144, policies: 65536 },
    },
    log: { level: 'info', format: 'json' },
  });
  t.end();
});

t.test(
  'a flag takes precedence over the environment, that over the file, and the file over the default',
  t => {
    const files = { [DEFAULT_CONFIG_PATH]: 'tunnel:\n  port: 1\n  vni: 1\nxdp: native\n' };
    const env = { HEDDLE_TUNNEL_PORT: '2', HEDDLE_TUNNEL_VNI: '2' };
    const config = loaded({ files, env, argv: ['--tunnel-port', '3'] });
    t.equal(config.tunnel.port, 3);
    t.equal(config.tunnel.vni, 2);
    t.equal(config.xdp, 'native');
    t.equal(config.tunnel.family, 'auto');
    t.end();
  },
);

t.test('the last of two equal flags wins', t => {
  t.equal(loaded({ argv: ['--xdp', 'native', '--xdp=generic'] }).xdp, 'generic');
  t.end();
});

t.test('--config takes precedence over HEDDLE_CONFIG', t => {
  const files = { '/a.yaml': 'mtu: 1400', '/b.yaml': 'mtu: 1300' };
  t.equal(loaded({ files, env: { HEDDLE_CONFIG: '/b.yaml' } }).mtu, 1300);
  t.equal(loaded({ files, env: { HEDDLE_CONFIG: '/b.yaml' }, argv: ['--config', '/a.yaml'] }).mtu, 1400);
  t.equal(loaded({ files, argv: ['--config=/a.yaml'] }).mtu, 1400);
  t.end();
});

t.test('an empty file, a comment and an empty section change no setting', t => {
  for (const text of ['', '# nothing\n', '---\n', 'tunnel:\n', 'null\n'])
    t.strictSame(loaded({ files: { [DEFAULT_CONFIG_PATH]: text } }), loaded());
  t.end();
});

t.test('the socket is in the run directory unless it is configured', t => {
  t.equal(loaded({ argv: ['--run-dir', '/run/lab-1'] }).socket, '/run/lab-1/heddled.sock');
  t.equal(loaded({ argv: ['--run-dir', '/run/lab-1', '--socket', '/x.sock'] }).socket, '/x.sock');
  t.end();
});

t.test('the default node name is the hostname in lower case, as in Kubernetes', t => {
  t.equal(loaded({ hostname: 'Web-7.Example.Org' }).nodeName, 'web-7.example.org');
  t.end();
});

t.test('the configuration cannot be changed', t => {
  const config = loaded();
  t.throws(() => Object.assign(config.tunnel, { port: 1 }), TypeError);
  t.throws(() => Object.assign(config, { mtu: 1 }), TypeError);
  t.end();
});

t.test('a setting of a section within a section can be given everywhere', t => {
  const file = 'source:\n  kind: etcd\n  etcd:\n    endpoints: http://192.0.2.1:2379\n    prefix: /one\n';
  const { source } = loaded({
    files: { [DEFAULT_CONFIG_PATH]: file },
    env: { HEDDLE_SOURCE_ETCD_PREFIX: '/two' },
    argv: ['--source-etcd-lease-seconds', '9'],
  });
  t.match(source, {
    kind: 'etcd',
    etcd: { endpoints: 'http://192.0.2.1:2379', prefix: '/two', leaseSeconds: 9 },
  });
  t.end();
});
