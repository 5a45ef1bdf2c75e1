import t from 'tap';
import { loadConfig } from '../../../loader/config.ts';
import { sentences, type Places } from './loaded.ts';

interface Row {
  readonly title: string;
  readonly given: Places;
  readonly says: string;
}

const file = (text: string): Places => ({ argv: ['--config', '/c.yaml'], files: { '/c.yaml': text } });

const rows: readonly Row[] = [
  {
    title: 'a wrong number from a flag',
    given: { argv: ['--tunnel-port', '70000'] },
    says: "tunnel.port cannot be '70000' (--tunnel-port): write a UDP port, 1 to 65535",
  },
  {
    title: 'a wrong word from the environment',
    given: { env: { HEDDLE_XDP: 'fast' } },
    says: "xdp cannot be 'fast' (HEDDLE_XDP): write off, auto, native or generic",
  },
  {
    title: 'a wrong value from a file, with its line',
    given: file('xdp: auto\nlog:\n  level: loud\n'),
    says: "log.level cannot be 'loud' (/c.yaml:3): write trace, debug, info, warn, error or silent",
  },
  {
    title: 'a wrong type from a file',
    given: file('masquerade: "yes"'),
    says: "masquerade cannot be 'yes' (/c.yaml:1): write true or false",
  },
  {
    title: 'a list where a value belongs',
    given: file('uplink: [eth0, eth1]'),
    says: 'uplink cannot be ["eth0","eth1"] (/c.yaml:1): write auto or the name of a network device',
  },
  {
    title: 'an empty value',
    given: file('mtu:'),
    says: 'mtu cannot be null (/c.yaml:1): write auto or a whole number, 1280 to 65535',
  },
  {
    title: 'a relative path',
    given: { argv: ['--state-dir', 'state'] },
    says: "stateDir cannot be 'state' (--state-dir): write an absolute path",
  },
  {
    title: 'a device name with a slash',
    given: { argv: ['--overlay-device', 'a/b'] },
    says: "overlayDevice cannot be 'a/b' (--overlay-device): write a device name of at most 15 characters without spaces, slashes and colons",
  },
  {
    title: 'an overlay device with the name of the uplink',
    given: { argv: ['--overlay-device', 'eth0', '--uplink', 'eth0'] },
    says: 'overlayDevice eth0 (--overlay-device) is also uplink eth0 (--uplink): the overlay device is one that Heddle makes, name another',
  },
  {
    title: 'an overlay device with the name of the loopback device',
    given: { argv: ['--overlay-device', 'lo'] },
    says: 'overlayDevice lo (--overlay-device) is the loopback device: name another',
  },
  {
    title: 'a table name with shell metacharacters',
    given: { argv: ['--nft-table', 'x; flush ruleset'] },
    says: "nftTable cannot be 'x; flush ruleset' (--nft-table): write a name of letters, digits, - and _ that begins with a letter",
  },
  {
    title: 'an unknown key of a file, with its nearest',
    given: file('tunnel:\n  prot: 1\n'),
    says: "unknown key 'tunnel.prot' at /c.yaml:2, did you mean tunnel.port?",
  },
  {
    title: 'an unknown section',
    given: file('tunel:\n  port: 1\n'),
    says: "unknown key 'tunel' at /c.yaml:1, did you mean tunnel?",
  },
  {
    title: 'an unknown key with nothing near it',
    given: file('backendType: vxlan\n'),
    says: "unknown key 'backendType' at /c.yaml:1",
  },
  {
    title: 'an unknown flag',
    given: { argv: ['--nodename', 'a'] },
    says: 'unknown flag --nodename, did you mean --node-name?',
  },
  {
    title: 'a likely misspelling of a variable',
    given: { env: { HEDDLE_NODENAME: 'a' } },
    says: 'unknown environment variable HEDDLE_NODENAME, did you mean HEDDLE_NODE_NAME?',
  },
  {
    title: 'a word that is not a flag',
    given: { argv: ['start'] },
    says: "'start' on the command line is not a flag: settings are given as --key value",
  },
  {
    title: 'a flag without its value',
    given: { argv: ['--uplink'] },
    says: '--uplink needs a value: write auto or the name of a network device',
  },
  {
    title: 'a value where a section belongs',
    given: file('tunnel: vxlan'),
    says: "'tunnel' at /c.yaml:1 is a section: write its keys below it, indented",
  },
  {
    title: 'a file that is not a map',
    given: file('- a\n- b\n'),
    says: '/c.yaml is not a map: write one `key: value` a line',
  },
  {
    title: 'a key of a section without its indentation',
    given: file('source:\nkind: kubernetes\n'),
    says: "unknown key 'kind' at /c.yaml:2, did you mean source.kind? Write it below 'source:', indented",
  },
  {
    title: 'a key of the top that is indented',
    given: file('tunnel:\n  mtu: 1400\n'),
    says: "unknown key 'tunnel.mtu' at /c.yaml:2, did you mean mtu? Write it without indentation",
  },
  {
    title: 'a key below another section',
    given: file('cni:\n  etcd:\n    caFile: /ca\n'),
    says: "unknown key 'cni.etcd' at /c.yaml:2",
  },
  {
    title: 'a key of a section of a section',
    given: file('source:\n  caFile: /ca\n'),
    says: "unknown key 'source.caFile' at /c.yaml:2, did you mean source.etcd.caFile? Write it below 'source.etcd:', indented",
  },
  {
    title: 'a whole ConfigMap',
    given: file('apiVersion: v1\nkind: ConfigMap\ndata:\n  heddled.yaml: |\n    mtu: 1400\n'),
    says: "/c.yaml is a Kubernetes object (kind ConfigMap), and no settings: write what stands below its data.'heddled.yaml', without the indentation",
  },
  {
    title: 'two documents',
    given: file('mtu: 1400\n---\nxdp: off\n'),
    says: "/c.yaml:2 is not valid YAML: it has several documents: write one, without a line '---'",
  },
  {
    title: 'a number in quotes',
    given: file('tunnel:\n  port: "8472"\n'),
    says: "tunnel.port cannot be '8472' (/c.yaml:2): write a UDP port, 1 to 65535, without quotes",
  },
  {
    title: 'a boolean in quotes',
    given: file("masquerade: 'false'\n"),
    says: "masquerade cannot be 'false' (/c.yaml:1): write true or false, without quotes",
  },
  {
    title: 'a key written twice',
    given: file('mtu: 1400\nmtu: 1500\n'),
    says: '/c.yaml:2 is not valid YAML: map keys must be unique',
  },
  {
    title: 'a named file that is missing',
    given: { argv: ['--config', '/none.yaml'] },
    says: 'the configuration file /none.yaml (--config) does not exist',
  },
  {
    title: 'a file named by the environment that is missing',
    given: { env: { HEDDLE_CONFIG: '/none.yaml' } },
    says: 'the configuration file /none.yaml (HEDDLE_CONFIG) does not exist',
  },
  {
    title: 'source ports in the wrong order',
    given: { argv: ['--tunnel-source-port-min', '50001'], env: { HEDDLE_TUNNEL_SOURCE_PORT_MAX: '50000' } },
    says: 'tunnel.sourcePortMin 50001 (--tunnel-source-port-min) is above tunnel.sourcePortMax 50000 (HEDDLE_TUNNEL_SOURCE_PORT_MAX): write the lower one first',
  },
  {
    title: 'a hostname that is not a node name',
    given: { hostname: 'my_host' },
    says: "nodeName cannot be 'my_host' (the hostname): set it to a lower-case DNS name of at most 253 characters",
  },
  {
    title: 'a run directory too deep for a socket',
    given: { argv: ['--run-dir', `/${'d'.repeat(100)}`] },
    says: `socket cannot be '/${'d'.repeat(100)}/heddled.sock' (from runDir): set it to an absolute path of at most 107 bytes`,
  },
];

for (const { title, given, says } of rows)
  t.test(`${title} is answered with one sentence`, t => {
    t.strictSame(sentences(given), [says]);
    t.end();
  });

t.test('all problems are reported at once, one line each', t => {
  const wrong = { argv: ['--mtu', 'big', '--colour'], env: { HEDDLE_XDP: 'on' } };
  t.equal(sentences(wrong).length, 3);
  t.end();
});

t.test('variables that Kubernetes sets for a Service named heddle are ignored', t => {
  t.strictSame(sentences({ env: { HEDDLE_SERVICE_HOST: '10.0.0.1', HEDDLE_PORT_80_TCP_PROTO: 'tcp' } }), []);
  t.end();
});

t.test('a file that cannot be read is a sentence with the reason', t => {
  const readFile = (): string => {
    throw new Error('EACCES: permission denied');
  };
  t.throws(() => loadConfig({ argv: [], env: {}, readFile, hostname: 'a' }), {
    code: 'INVALID_CONFIG',
    message: 'cannot read the configuration /etc/heddle/heddled.yaml: EACCES: permission denied',
  });
  t.end();
});
