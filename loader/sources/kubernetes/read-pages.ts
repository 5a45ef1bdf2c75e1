// A complete list, page by page, all of one moment; begun again when the server no longer knows that moment.
import * as z from 'zod';
import type { ApiCall } from './api-calls.ts';
import type { ApiClient } from './api-client.ts';
import { ApiFailure } from './api-failure.ts';
import type { Listing } from './object-store.ts';

const page = z.object({
  metadata: z.object({ resourceVersion: z.string().min(1), continue: z.string().optional() }),
  items: z.array(z.unknown()).nullish(),
});

/** A cluster that outruns our reading of it is read after a pause, not at once. */
const MOST_BEGINNINGS = 3;

export interface PagesOptions {
  readonly client: ApiClient;
  readonly call: ApiCall;
  readonly pageSize: number;
  /** Of an empty store of items, for each beginning. */
  readonly listing: () => Listing;
}

export interface CompleteList {
  readonly listing: Listing;
  /** From where a watch goes on. */
  readonly resourceVersion: string;
}

/** Rejects with `ApiFailure`. */
export async function readPages(options: PagesOptions): Promise<CompleteList> {
  for (let beginning = 1; ; beginning++) {
    try {
      return await readOnce(options);
    } catch (error) {
      const isExpired = error instanceof ApiFailure && error.status === 410;
      if (!isExpired || beginning === MOST_BEGINNINGS) throw error;
    }
  }
}

async function readOnce({ client, call, pageSize, listing }: PagesOptions): Promise<CompleteList> {
  const all = listing();
  let token: string | undefined;
  for (;;) {
    const query = { limit: String(pageSize), ...(token !== undefined && { continue: token }) };
    const { items, metadata } = await readPage(client, call, query);
    for (const item of items ?? []) all.add(item);
    if (!metadata.continue) return { listing: all, resourceVersion: metadata.resourceVersion };
    token = metadata.continue;
  }
}

/** The version of the newest list, without the list. Rejects with `ApiFailure`. */
export async function readVersion(client: ApiClient, call: ApiCall): Promise<string> {
  return (await readPage(client, call, { limit: '1' })).metadata.resourceVersion;
}

async function readPage(
  client: ApiClient,
  call: ApiCall,
  query: Readonly<Record<string, string>>,
): Promise<z.infer<typeof page>> {
  const read = page.safeParse(await client.send({ call, query }));
  if (!read.success) throw new ApiFailure('the answer is no list');
  return read.data;
}
