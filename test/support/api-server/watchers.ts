// The stand-in's watches: events and bookmarks as the watch cache of the API server sends them, and ways in which they end.
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventType } from './collections.ts';

export interface WatchQuery {
  readonly path: string;
  /** What is sent is newer; a bookmark is at least as new. So a watch from a version to come is silent until then. */
  readonly version: number;
  readonly wantsBookmarks: boolean;
  /** Absent: for as long as the client wants. */
  readonly timeoutSeconds?: number;
}

interface Watcher extends WatchQuery {
  readonly response: ServerResponse;
}

export interface SentEvent {
  readonly type: EventType;
  readonly object: unknown;
}

export class Watchers {
  readonly #watchers = new Set<Watcher>();
  /** Of watches whose lines are not sent before their end. */
  readonly #buffered = new Map<ServerResponse, string>();
  isBuffering = false;

  /** `missed`: since its version. */
  add(query: WatchQuery, response: ServerResponse, missed: readonly SentEvent[]): void {
    const watcher = { ...query, response };
    this.#watchers.add(watcher);
    for (const { type, object } of missed) this.#write(watcher, { type, object });
    const timeoutMs = query.timeoutSeconds === undefined ? undefined : query.timeoutSeconds * 1_000;
    const timer =
      timeoutMs === undefined ? undefined : setTimeout(() => this.#end(watcher), timeoutMs).unref();
    response.on('close', () => {
      clearTimeout(timer);
      this.#watchers.delete(watcher);
    });
  }

  clear(): void {
    this.#watchers.clear();
  }

  count(path: string): number {
    return this.#of(path).length;
  }

  paths(): readonly string[] {
    return [...new Set([...this.#watchers].map(({ path }) => path))];
  }

  send(path: string, version: number, event: SentEvent): void {
    for (const watcher of this.#of(path)) if (version > watcher.version) this.#write(watcher, event);
  }

  bookmark(path: string, version: number, object: object): void {
    for (const watcher of this.#of(path))
      if (watcher.wantsBookmarks && version >= watcher.version)
        this.#write(watcher, { type: 'BOOKMARK', object });
  }

  /** Whatever the version; the watches then end. */
  fail(path: string, object: object): void {
    for (const watcher of this.#of(path)) {
      this.#write(watcher, { type: 'ERROR', object });
      this.#end(watcher);
    }
  }

  /** As when their time is up. */
  end(path: string): void {
    for (const watcher of this.#of(path)) this.#end(watcher);
  }

  /** Half a line, and then nothing any more. */
  break(path: string, text: string): void {
    for (const watcher of this.#of(path)) {
      this.#watchers.delete(watcher);
      watcher.response.write(text, () => watcher.response.destroy());
    }
  }

  /** Any bytes, sent by themselves. */
  async writeRaw(path: string, bytes: Uint8Array): Promise<void> {
    for (const { response } of this.#of(path)) response.write(bytes);
    await sleep(20);
  }

  #end(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    watcher.response.end(this.#buffered.get(watcher.response) ?? '');
    this.#buffered.delete(watcher.response);
  }

  #write({ response }: Watcher, event: SentEvent): void {
    const line = `${JSON.stringify(event)}\n`;
    if (this.isBuffering) this.#buffered.set(response, (this.#buffered.get(response) ?? '') + line);
    else response.write(line);
  }

  #of(path: string): readonly Watcher[] {
    return [...this.#watchers].filter(watcher => watcher.path === path);
  }
}
