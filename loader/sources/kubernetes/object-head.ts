// What is read of every object of the API before anything else: what it is called, and which one of that name it is.
import * as z from 'zod';
import { ApiFailure } from './api-failure.ts';

const objectHead = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string().optional(),
    uid: z.string().optional(),
    resourceVersion: z.string().optional(),
  }),
});

export interface ObjectHead {
  readonly name: string;
  readonly namespace: string;
  /** Two objects of one name, one after the other, differ in it. */
  readonly uid: string;
  readonly resourceVersion: string;
}

/** Throws `ApiFailure` for what no API server sends. */
export function headOf(raw: unknown): ObjectHead {
  const read = objectHead.safeParse(raw);
  if (!read.success) throw new ApiFailure('the server sent an object without a name');
  const { name, namespace = '', uid = '', resourceVersion = '' } = read.data.metadata;
  return { name, namespace, uid, resourceVersion };
}

const versioned = z.object({ metadata: z.object({ resourceVersion: z.string().min(1) }) });

/** Of an object that need not have a name: a bookmark has none. */
export function versionOf(raw: unknown): string | undefined {
  return versioned.safeParse(raw).data?.metadata.resourceVersion;
}

/** Versions are decimal numbers of any size (KEP-5504); of others nothing is known, and false. */
export function isOlderVersion(a: string, b: string): boolean {
  if (!/^\d+$/.test(a) || !/^\d+$/.test(b)) return false;
  return BigInt(a) < BigInt(b);
}
