// What is said of calls that fail: the newest reason, once it has lasted, and the same sentence while the same is wrong.
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { watchedResources } from '../../../../loader/sources/kubernetes/api-calls.ts';
import { ApiFailure } from '../../../../loader/sources/kubernetes/api-failure.ts';
import {
  failedAgain,
  standingSentences,
  type Standing,
} from '../../../../loader/sources/kubernetes/standings.ts';

const [nodes, namespaces] = watchedResources;
if (nodes === undefined || namespaces === undefined) throw new TypeError('nothing is watched');
const PATIENCE_MS = 100;
const options = { server: 'https://api', patienceMs: PATIENCE_MS };

function failed(before: Standing | undefined, message: string, status?: number): Standing {
  const failure = new ApiFailure(message, status === undefined ? {} : { status });
  return failedAgain(before, { call: nodes?.list ?? ('' as never), failure }, options);
}

t.test('a server that cannot be reached is told at once', t => {
  t.match(standingSentences([failed(undefined, 'refused')], options), [
    /^the API server https:\/\/api cannot be reached .*\(refused\)/,
  ]);
  t.end();
});

t.test('two reasons by turns are one sentence', t => {
  let standing = failed(undefined, 'refused');
  const sentences = new Set(standingSentences([standing], options));
  for (let i = 0; i < 10; i++) {
    standing = failed(standing, i % 2 === 0 ? 'timed out' : 'refused');
    for (const sentence of standingSentences([standing], options)) sentences.add(sentence);
  }
  t.equal(sentences.size, 1);
  t.end();
});

t.test('another reason that lasts is told, and the time is since the first failure', async t => {
  const first = failed(undefined, 'refused');
  const second = failed(first, 'certificate has expired');
  t.match(standingSentences([second], options), [/\(refused\)/]);
  await sleep(PATIENCE_MS + 20);
  t.match(standingSentences([failed(second, 'certificate has expired')], options), [
    /\(certificate has expired\)/,
  ]);
  t.equal(second.since, first.since);
});

t.test('a refusal is told once it lasts, with its newest message', async t => {
  const first = failed(undefined, 'forbidden: user a', 403);
  t.strictSame(standingSentences([first], options), []);
  await sleep(PATIENCE_MS + 20);
  const now = failed(first, 'forbidden: user b', 403);
  t.match(standingSentences([now], options), [
    / 403 to 'list nodes' .*\(forbidden: user b\): allow the verb list/,
  ]);
});

t.test('all kinds that cannot be reached are one sentence', t => {
  const other = failedAgain(
    undefined,
    { call: namespaces.list, failure: new ApiFailure('refused') },
    options,
  );
  t.equal(standingSentences([failed(undefined, 'refused'), other], options).length, 1);
  t.end();
});
