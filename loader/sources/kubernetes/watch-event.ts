// One event of a watch: a change of an object, or a bookmark.
import * as z from 'zod';
import { ApiFailure } from './api-failure.ts';

export interface WatchEvent {
  /** `OTHER`: of a later server, which sends it beside those that are known. */
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'OTHER';
  readonly object: unknown;
}

const event = z.object({
  type: z
    .enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR', 'OTHER'])
    .or(z.string().transform(() => 'OTHER' as const)),
  object: z.unknown(),
});
const status = z.object({ code: z.number().optional(), message: z.string().optional() });

/** Throws `ApiFailure`: for an ERROR with the status that is in it. */
export function readWatchEvent(line: string): WatchEvent {
  const read = event.safeParse(parsed(line));
  if (!read.success) throw new ApiFailure('a line of the watch is no event');
  const { type, object } = read.data;
  if (type !== 'ERROR') return { type, object };
  const { code, message } = status.safeParse(object).data ?? {};
  throw new ApiFailure(message ?? 'the watch failed', { status: code ?? 500 });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // a torn line is no event
  }
}
