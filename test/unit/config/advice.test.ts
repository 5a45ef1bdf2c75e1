// Advice is a command that works where it is read.
import { execFileSync } from 'node:child_process';
import t from 'tap';
import { adviceFor, surroundings } from '../../../loader/config/advice.ts';

t.test('on a node with a service it is the service manager', t => {
  t.strictSame(adviceFor({ kind: 'service' }), {
    log: 'journalctl -u heddled',
    restart: 'systemctl restart heddled',
    heddlectl: 'heddlectl',
  });
  t.end();
});

t.test('in a cluster it is kubectl, for the pod that runs on this node now', t => {
  const { log, restart, heddlectl } = adviceFor({ kind: 'pod', namespace: 'net', node: 'n7' });
  const ours = '-l app.kubernetes.io/name=heddle --field-selector spec.nodeName=n7';
  t.equal(restart, `kubectl -n net delete pods ${ours}`);
  for (const command of [log, `${heddlectl} status`]) {
    t.match(command, `$(kubectl -n net get pods -o name ${ours})`);
    t.notMatch(command, /systemctl|journalctl/);
    // A shell takes it as it is printed.
    const kubectl = 'kubectl() { [ "$3" = get ] && echo pod/heddle-x || printf "%s\\n" "$*"; }';
    t.match(
      execFileSync('/bin/bash', ['-c', `${kubectl}; ${command}`], { encoding: 'utf8' }),
      /^-n net (logs pod\/heddle-x|exec pod\/heddle-x -- heddlectl status)$/m,
    );
  }
  t.end();
});

t.test('a machine that is no pod is a service, whatever its environment', t => {
  t.strictSame(surroundings({}), { kind: 'service' });
  t.strictSame(
    surroundings({ KUBERNETES_SERVICE_HOST: '10.96.0.1' }),
    { kind: 'service' },
    'no service account',
  );
  t.end();
});
