import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import t from 'tap';
import { cancelError, errorOf, isEtcdError, isJudgement } from '../src/errors.ts';

function serviceError(code: status, details: string): ServiceError {
  return Object.assign(new Error(details), { code, details, metadata: new Metadata() });
}

t.test('an error has the code of what etcd says', t => {
  for (const [code, details, expected] of [
    [status.OUT_OF_RANGE, 'etcdserver: mvcc: required revision has been compacted', 'COMPACTED'],
    [status.OUT_OF_RANGE, 'etcdserver: mvcc: required revision is a future revision', 'FUTURE_REVISION'],
    [status.RESOURCE_EXHAUSTED, 'etcdserver: mvcc: database space exceeded', 'NO_SPACE'],
    [status.RESOURCE_EXHAUSTED, 'etcdserver: too many requests', 'UNAVAILABLE'],
    [status.UNAUTHENTICATED, 'etcdserver: invalid auth token', 'UNAUTHENTICATED'],
    [status.INVALID_ARGUMENT, 'etcdserver: revision of auth store is old', 'UNAUTHENTICATED'],
    [status.INVALID_ARGUMENT, 'etcdserver: user name is empty', 'UNAUTHENTICATED'],
    [status.INVALID_ARGUMENT, 'etcdserver: duplicate key given in txn request', 'REFUSED'],
    [status.PERMISSION_DENIED, 'etcdserver: permission denied', 'PERMISSION_DENIED'],
    [status.UNAVAILABLE, 'etcdserver: no leader', 'UNAVAILABLE'],
    [status.UNIMPLEMENTED, 'Received HTTP status code 404', 'UNAVAILABLE'],
  ] as const)
    t.match(errorOf(serviceError(code, details)), { code: expected, message: details }, details);
  t.end();
});

t.test('the same failure is the same sentence each time', t => {
  const details =
    'No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:1 (2026-11-29T16:00:00.000Z). Resolution note: ';
  t.equal(errorOf(serviceError(status.UNAVAILABLE, details)).message, 'connect ECONNREFUSED 127.0.0.1:1');
  t.end();
});

t.test('a watch is cancelled with the text of an error, or without one', t => {
  const reason = 'rpc error: code = Unauthenticated desc = etcdserver: invalid auth token';
  t.match(cancelError(reason), { code: 'UNAUTHENTICATED', message: 'etcdserver: invalid auth token' });
  t.match(cancelError(''), { code: 'UNAVAILABLE', message: 'the server ended the watch' });
  t.end();
});

t.test('a judgement is about the request, not about the connection', t => {
  const denied = cancelError('etcdserver: permission denied');
  t.ok(isJudgement(denied) && isEtcdError(denied, 'COMPACTED', 'PERMISSION_DENIED'));
  t.notOk(isJudgement(cancelError('')));
  t.notOk(isJudgement(new Error('another')));
  t.end();
});
