import t from 'tap';
import { EtcdProblems } from '../../../loader/sources/etcd/etcd-problems.ts';

t.test(
  'the newest reason is told, since the first failure; what is known to be out of reach is not also silent',
  t => {
    const notes = new Map<string, readonly string[]>();
    const problems = new EtcdProblems('etcd (http://a:1)', (topic, ...sentences) =>
      notes.set(topic, sentences),
    );
    problems.silent(['etcd is silent']);
    t.strictSame(notes.get('silence'), ['etcd is silent']);
    problems.disconnected('connect ECONNREFUSED');
    const [first = ''] = notes.get('connection') ?? [];
    t.match(first, /^etcd \(http:\/\/a:1\) cannot be reached since .* \(connect ECONNREFUSED\)/);
    problems.silent(['etcd is silent']);
    t.strictSame(notes.get('silence'), []);
    problems.disconnected('certificate has expired');
    const [second = ''] = notes.get('connection') ?? [];
    t.equal(second, first.replace('connect ECONNREFUSED', 'certificate has expired'));
    problems.unregistered('no space');
    t.match(notes.get('registration'), [/does not renew this node's lease since .* \(no space\)/]);
    problems.withoutPlace('etcd has no /heddle/cluster');
    t.strictSame(notes.get('place'), ['this node has no pod CIDR yet: etcd has no /heddle/cluster']);
    problems.withoutPlace(undefined);
    t.strictSame(notes.get('place'), []);
    problems.disconnected(undefined);
    problems.unregistered(undefined);
    t.strictSame([notes.get('connection'), notes.get('registration')], [[], []]);
    t.end();
  },
);
