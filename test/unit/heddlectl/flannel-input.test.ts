// What 'migrate flannel' reads, without a process of its own; migrate-flannel.test.ts has the sentences whole.
import { join } from 'node:path';
import t from 'tap';
import { netConfIn, nodeDocumentsIn } from '../../../cmd/heddlectl/node/flannel-input.ts';

const CONF = '{"Network":"10.244.0.0/16"}';

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

t.test('a configuration: by itself, or in a ConfigMap among others', t => {
  const map = JSON.stringify({ kind: 'ConfigMap', data: { 'net-conf.json': CONF } });
  const folder = t.testdir({ plain: CONF, map, whole: `kind: Namespace\n---\n${map}\n` });
  for (const name of ['plain', 'map', 'whole']) t.equal(netConfIn(join(folder, name)), CONF, name);
  t.end();
});

t.test('Nodes: as a List, or as documents', t => {
  const folder = t.testdir({ list: '{"kind":"List","items":[{"kind":"Node"}]}', one: 'kind: Node\n' });
  for (const name of ['list', 'one']) t.equal(nodeDocumentsIn(join(folder, name)).length, 1, name);
  t.end();
});

t.test('everything else is called by its name', t => {
  const folder = t.testdir({
    empty: '',
    broken: 'kind: [\n',
    aliases: `a: &a [${'x,'.repeat(9)}]\nb: &b [${'*a,'.repeat(9)}]\nc: &c [${'*b,'.repeat(9)}]\nd: [${'*c,'.repeat(9)}]\n`,
    folder: {},
    subnet: 'FLANNEL_NETWORK=10.244.0.0/16\n',
    cni: '{"cniVersion":"1.0.0"}',
    none: '{"kind":"List","items":[]}',
    values: '[1]',
    words: 'please\n',
    pod: 'kind: Pod\n',
    map: 'kind: ConfigMap\ndata: {}\n',
    other: '{"answer":42}',
    nothing: '{}',
  });
  for (const [name, what] of [
    ['empty', 'is empty'],
    ['broken', 'is neither JSON nor YAML (line 2, column 1)'],
    ['aliases', 'is neither JSON nor YAML (its aliases have no end)'],
    ['folder', 'is a directory'],
    ['subnet', "is flannel's subnet.env, which is of one node"],
    ['cni', 'is a network configuration of CNI'],
    ['none', 'is a List without an object'],
    ['values', 'is a list of values'],
    ['words', 'is plain text'],
    ['pod', 'is of kind Pod'],
    ['map', 'is a ConfigMap without net-conf.json'],
    ['other', 'is an object of answer'],
    ['nothing', 'is an object of nothing'],
    ['absent', 'cannot be read (ENOENT: no such file or directory)'],
  ] as const)
    for (const read of [netConfIn, nodeDocumentsIn]) {
      const path = join(folder, name);
      t.throws(() => read(path), new RegExp(escaped(`file '${path}' ${what}: `)), name);
    }
  const folderOfConf = t.testdir({ conf: CONF });
  t.throws(() => nodeDocumentsIn(join(folderOfConf, 'conf')), { message: /is flannel's net-conf\.json: / });
  t.throws(() => netConfIn('/dev/null'), { message: /is no regular file/ });
  t.end();
});
