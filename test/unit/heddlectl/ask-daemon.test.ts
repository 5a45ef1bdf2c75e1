// What heddlectl says of a daemon that is away, that hangs, and that refuses.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
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

t.test('a process listens and says nothing', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'mute-')); // t.testdir()'s path is too long for a socket
  t.teardown(() => rmSync(folder, { recursive: true }));
  const socket = join(folder, 'mute.sock');
  const server = createServer(connection => connection.resume()); // or it would not end with the client
  await new Promise<void>(resolve => server.listen(socket, resolve));
  t.teardown(() => server.close());
  await t.rejects(requireAnswer(socket), { message: /though a process listens there: it hangs, is stopped/ });
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
