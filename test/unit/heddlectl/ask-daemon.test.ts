// What heddlectl says of a daemon that is away, and of one that refuses.
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import t from 'tap';
import { asSentence, isServiceError, requireAnswer } from '../../../cmd/heddlectl/invocation/ask-daemon.ts';
import { UsageError } from '../../../cmd/heddlectl/invocation/usage-error.ts';

/** As the gRPC library has it. */
function refusal(code: status, details: string): Error {
  return Object.assign(new Error(`${code}: ${details}`), { code, details });
}

t.test('nobody listens', async t => {
  await t.rejects(requireAnswer(join(t.testdir(), 'nobody.sock')), {
    message: /^heddled does not answer on \S+nobody\.sock: start it, or name another install with --config/,
  });
});

t.test('its refusals are sentences', async t => {
  const socket = join(t.testdir(), 'nobody.sock');
  const wrong = await asSentence(refusal(status.INVALID_ARGUMENT, 'name: "X" is no name'), socket);
  t.ok(wrong instanceof UsageError, 'a mistake of the command line');
  t.match(wrong, { message: 'name: "X" is no name' });
  t.match(await asSentence(refusal(status.NOT_FOUND, 'there is no policy x'), socket), {
    message: 'there is no policy x',
  });
  t.match(await asSentence(refusal(status.DEADLINE_EXCEEDED, 'late'), socket), {
    message: /it was asked, and may still do it$/,
  });
  t.match(await asSentence(refusal(status.UNAVAILABLE, 'gone'), socket), { message: /does not answer on/ });
});

t.test('what is no refusal stays what it is', async t => {
  const error = new Error('a fault of our own');
  t.equal(isServiceError(error), false);
  t.equal(await asSentence(error, ''), error);
});
