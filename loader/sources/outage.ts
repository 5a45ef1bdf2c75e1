// Why and since when a server does not answer. The newest cause counts: an expired certificate may come behind a refused connection.

export interface Outage<Cause> {
  readonly cause: Cause;
  readonly since: Date;
}

/** After one more failure: `before` itself while it has the same cause, so that it is reported once. */
export function outageAfter<Cause>(
  before: Outage<Cause> | undefined,
  cause: Cause,
  isSame: (a: Cause, b: Cause) => boolean = (a, b) => a === b,
): Outage<Cause> {
  if (before !== undefined && isSame(before.cause, cause)) return before;
  return { cause, since: before?.since ?? new Date() };
}

/** Of a server that does not answer. */
export function unreachableSentence(server: string, { cause, since }: Outage<string>): string {
  return `${server} cannot be reached since ${since.toISOString()} (${oneLine(cause)}): what it said before stays active`;
}

/** Foreign text on one line, truncated. */
export function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
