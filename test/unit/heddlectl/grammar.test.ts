// The command line: bpftool's grammar, one sentence for what is wrong, 2 as exit status for it.
import t from 'tap';
import { heddlectl } from '../../support/heddlectl.ts';

const wrong = [
  { words: ['nod'], sentence: "heddlectl: unknown command 'nod' (Did you mean node?)\n" },
  { words: ['route', 'lst'], sentence: "heddlectl: unknown command 'lst' (Did you mean list?)\n" },
  { words: ['stats', '--al'], sentence: "heddlectl: unknown option '--al' (Did you mean --all?)\n" },
  {
    words: ['lab', 'up', '--nodes', 'two'],
    sentence: /argument 'two' is invalid\. It must be a whole number\.\n$/,
  },
  { words: ['lab', 'up', '--ipv4', '--ipv6'], sentence: /'--ipv4' cannot be used with option '--ipv6'\n$/ },
  {
    words: ['trace', '--from', '10.1.0.7', '--to', '10.2.0.8', '--port', '70000'],
    sentence: /argument '70000' is invalid\. It must be a port, 1 to 65535\.\n$/,
  },
  { words: ['trace', '--from', '10.1.0.7'], sentence: /required option '--to <end>' not specified\n$/ },
  {
    words: ['policy', 'delete', 'NetworkPolicy', 'a/b/c'],
    sentence: /name 'a\/b\/c' is not a name of a NetworkPolicy: write it as NAMESPACE\/NAME\n$/,
  },
  {
    words: ['policy', 'delete', 'netpol', 'a/b/c'],
    sentence: /name 'a\/b\/c' is not a name of a NetworkPolicy: write it as NAMESPACE\/NAME\n$/,
  },
  {
    words: ['policy', 'delete', 'networkpolicys', 'a/b'],
    sentence: "heddlectl: 'networkpolicys' is not a kind of object, did you mean networkpolicy?\n",
  },
  {
    words: ['policy', 'delete', 'pod', 'a/b'],
    sentence: /a Pod is not a policy: use networkpolicy or clusternetworkpolicy\n$/,
  },
  {
    words: ['policy', 'delete', 'globalnetworkpolicies', 'x'],
    sentence: /the kind 'globalnetworkpolicies' is Calico's: docs\/migration\.md has what takes its place\n$/,
  },
  { words: ['policy', 'delete', 'CiliumNetworkPolicy', 'a/b'], sentence: /is Cilium's: docs\/migration\.md/ },
  {
    words: ['version', '-o', 'jsn'],
    sentence: /Did you mean json\? Allowed choices are json, yaml, wide\.\n$/,
  },
  { words: ['map', 'dump', 'hd_rout'], sentence: /Did you mean hd_route\? Allowed choices are .*\n$/ },
  { words: ['completion', 'tcsh'], sentence: /Allowed choices are bash, zsh, fish\.\n$/ },
  { words: ['policy', 'apply', '/nowhere.yaml'], sentence: /file '\/nowhere\.yaml' cannot be read: .*\n$/ },
  { words: ['monitor', '--pod', 'web'], sentence: /--pod 'web' is not a pod: write it as NAMESPACE\/POD\n$/ },
  {
    words: ['conntrack', 'list', '--pod', 'a/b', '--addr', '10.1.0.7'],
    sentence: /--pod and --addr exclude each other: use one\n$/,
  },
  { words: ['map', 'dump', 'hd_event'], sentence: /Allowed choices are .*\n$/ },
  { words: ['map', 'dump', 'hd_nothing'], sentence: /Allowed choices are .*hd_route.*\n$/ },
] as const;

for (const { words, sentence } of wrong) {
  t.test(`'${words.join(' ')}' is answered in one sentence`, async t => {
    const { code, stdout, stderr } = await heddlectl(...words);
    t.equal(code, 2);
    t.equal(stdout, '');
    t.match(stderr, sentence);
    t.equal(stderr.trimEnd().split('\n').length, 1);
  });
}

t.test('options stand before the object or after the command', async t => {
  const before = await heddlectl('-j', 'version');
  const after = await heddlectl('version', '-j');
  t.equal(before.stdout, after.stdout);
  t.match(JSON.parse(after.stdout), { heddlectl: /^\d+\.\d+\.\d+$/ });
  const pretty = await heddlectl('-p', 'version');
  t.strictSame(JSON.parse(pretty.stdout), JSON.parse(before.stdout));
  t.ok(pretty.stdout.split('\n').length > 3, 'indented');
});

t.test('without an object it tells which there are, and fails', async t => {
  const { code, stderr } = await heddlectl();
  t.equal(code, 2);
  for (const object of [
    'node',
    'endpoint',
    'route',
    'map',
    'prog',
    'link',
    'stats',
    'status',
    'cleanup',
    ...['policy', 'conntrack', 'trace', 'monitor'],
    'lab',
  ])
    t.match(stderr, new RegExp(`^ {2}${object} `, 'm'));
});

t.test('--version is one line, and -o picks the format', async t => {
  const { code, stdout } = await heddlectl('--version');
  t.match({ code, stdout }, { code: 0, stdout: /^heddlectl \d+\.\d+\.\d+\n$/ });
  const yaml = await heddlectl('version', '-o', 'yaml');
  t.match(yaml.stdout, /^---\nheddlectl: \d+\.\d+\.\d+\nkernel: .+\n$/);
  const json = await heddlectl('-o', 'json', 'version');
  t.equal(json.stdout, (await heddlectl('-p', 'version')).stdout);
});
