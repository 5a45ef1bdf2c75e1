// Serves a conversation: one answer to each message, in their order.
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { once } from 'node:events';
import { callFailure } from './call-failure.ts';

/** Questions of one conversation in work at the same time; the next is read when the oldest is answered. */
const AT_ONCE = 32;

type AnswerTo<Question, Answer> = (question: Question) => Answer | Promise<Answer>;

/** Ends with the last answer after the caller has asked its last question, or with the first answer that fails. */
export function converse<Question, Answer>(
  call: ServerDuplexStream<Question, Answer>,
  answerTo: AnswerTo<Question, Answer>,
): void {
  answerAll(call, answerTo).then(
    () => call.end(),
    (error: unknown) => call.emit('error', callFailure(error)),
  );
}

async function answerAll<Question, Answer>(
  call: ServerDuplexStream<Question, Answer>,
  answerTo: AnswerTo<Question, Answer>,
): Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  const due: Promise<unknown>[] = [];
  const questions: AsyncIterable<Question> = call.iterator({ destroyOnReturn: false });
  for await (const question of questions) {
    last = say(call, last, answerLater(question, answerTo));
    last.catch(() => undefined); // the next one fails with it, and the last is awaited
    due.push(last);
    if (due.length === AT_ONCE) await due.shift();
  }
  await last;
}

async function answerLater<Question, Answer>(
  question: Question,
  answerTo: AnswerTo<Question, Answer>,
): Promise<Answer> {
  return await answerTo(question);
}

/** Fails with the first of them that fails. */
async function say<Question, Answer>(
  call: ServerDuplexStream<Question, Answer>,
  before: Promise<unknown>,
  answer: Promise<Answer>,
): Promise<void> {
  const [, said] = await Promise.all([before, answer]);
  if (!call.write(said)) await once(call, 'drain');
}
