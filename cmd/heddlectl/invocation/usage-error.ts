// What is wrong with how heddlectl was called, in one sentence.

export class UsageError extends Error {
  override readonly name = 'UsageError';
}
