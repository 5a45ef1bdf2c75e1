// What each kind of source says of itself, and where it keeps what broken objects said before.
import t from 'tap';
import { lastGoodPath, sourceKinds, sourceText } from '../../../loader/config/source-kinds.ts';
import { wordList } from '../../../loader/config/word-list.ts';
import { loaded } from './loaded.ts';

t.test('where the cluster is read from, as status shows it', t => {
  const texts = sourceKinds.map(kind => sourceText(loaded({ argv: ['--source-kind', kind] }).source));
  t.strictSame(texts, [
    'manifests: files in /etc/heddle/manifests',
    "kubernetes: the API server of the pod's own cluster",
    'etcd: http://127.0.0.1:2379, below /heddle',
  ]);
  const { source } = loaded({ argv: ['--source-kind', 'kubernetes', '--source-kubeconfig', '/root/config'] });
  t.equal(sourceText(source), 'kubernetes: the API server that /root/config names');
  t.end();
});

t.test('each keeps its own: the name of a file means nothing to etcd', t => {
  const paths = sourceKinds.map(kind => lastGoodPath('/var/lib/heddle', kind));
  t.equal(new Set(paths).size, sourceKinds.length);
  t.end();
});

t.test('words as a sentence lists them', t => {
  t.strictSame(
    [[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(words => wordList(words, 'or')),
    ['', 'a', 'a or b', 'a, b or c'],
  );
  t.end();
});
