// A stand-in for the Kubernetes API server: its protocol over HTTPS, and every way in which it fails.
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { answer, refuse, seenRequest, statusObject, type Fault, type SeenRequest } from './answers.ts';
import { certificates, type Certificates } from '../certificates.ts';
import { Collections, KINDS, type Backup, type StoredEvent, type StoredObject } from './collections.ts';
import { KeptEvents } from './events.ts';
import { patched, type Json } from './patches.ts';
import { Watchers } from './watchers.ts';

/** Of the watch cache; the real server's adds up to a quarter. */
const BOOKMARK_MS = 60_000;

export class StandInApiServer {
  readonly collections = new Collections();
  /** Nothing else is accepted. */
  readonly tokens = new Set(['first-token']);
  /** Client certificates of the authority are accepted instead. */
  acceptsCertificates = false;
  /** Whose certificates it has from the next `comeUp` on; absent: those of the whole test process. */
  authority: Certificates | undefined;
  readonly requests: SeenRequest[] = [];
  /** Collections whose CustomResourceDefinition is not there. */
  readonly absent = new Set<string>();
  readonly kept = new KeptEvents();
  /** Asked about each request that is let in. */
  fault: (request: SeenRequest) => Fault | undefined = () => undefined;
  /** What a mutating webhook makes of a Node that is patched. */
  admit: (object: StoredObject) => StoredObject = object => object;
  /** A watch with an expired version gets 200 and an ERROR event, as from the watch cache, or a status. */
  expiresInStream = true;
  /** Half of what is to be sent, and then the connection ends. */
  cutsBodies = false;
  readonly #watchers = new Watchers();
  readonly #sockets = new Set<Duplex & { readonly bytesWritten?: number }>();
  #server: Server | undefined;
  #port = 0;
  #bookmarks: NodeJS.Timeout | undefined;

  readonly #address: string;

  constructor(address = '127.0.0.1') {
    this.#address = address;
    this.collections.onEvent = event => this.#emit(event);
  }

  get events(): readonly StoredObject[] {
    return this.kept.events;
  }

  get url(): string {
    return `https://${this.#address}:${this.#port}`;
  }

  /** The second time on the same port, with what it knew before, or what was in a backup. */
  async comeUp(backup?: Backup): Promise<void> {
    if (backup !== undefined) this.collections.restore(backup);
    const { ca, server: pair } = this.authority ?? certificates(this.#address);
    const options = { ...pair, ca, requestCert: true, rejectUnauthorized: false };
    const server = createServer(options, (request, response) => void this.#answer(request, response));
    server.on('connection', socket => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>(resolve => server.listen(this.#port, this.#address, resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.bookmarkEvery(BOOKMARK_MS);
  }

  /** What is sent to watches arrives when they end, as behind a proxy that buffers. */
  buffer(): void {
    this.#watchers.isBuffering = true;
  }

  bookmarkEvery(ms: number): void {
    clearInterval(this.#bookmarks);
    this.#bookmarks = setInterval(() => {
      for (const path of this.#watchers.paths()) this.bookmark(path);
    }, ms).unref();
  }

  async goAway(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    clearInterval(this.#bookmarks);
    this.#watchers.clear();
    for (const socket of this.#sockets) socket.destroy();
    if (server !== undefined) await new Promise(resolve => server.close(resolve));
  }

  /** On all connections that are open, TLS included. */
  get bytesSent(): number {
    return [...this.#sockets].reduce((sum, socket) => sum + (socket.bytesWritten ?? 0), 0);
  }

  /** Requests of a collection: watches, lists, or lists of one object, for the version. */
  seen(path: string, what: 'list' | 'watch' | 'version'): readonly SeenRequest[] {
    const asked = ({ query }: SeenRequest) =>
      'watch' in query ? 'watch' : query['limit'] === '1' ? 'version' : 'list';
    return this.requests.filter(each => each.path === path && each.method === 'GET' && asked(each) === what);
  }

  writes(): readonly SeenRequest[] {
    return this.requests.filter(({ method }) => method !== 'GET');
  }

  watching(path: string): number {
    return this.#watchers.count(path);
  }

  bookmark(path: string): void {
    const { version } = this.collections;
    const metadata = { resourceVersion: String(version), creationTimestamp: null };
    this.#watchers.bookmark(path, version, { kind: KINDS[path], apiVersion: 'v1', metadata });
  }

  /** What a watch says when it can no longer go on; it then ends. */
  sendError(path: string, code: number, message: string): void {
    this.#watchers.fail(path, statusObject({ status: code, message }));
  }

  /** As when their time is up. */
  endWatches(path: string): void {
    this.#watchers.end(path);
  }

  /** Half a line, and then nothing any more. */
  breakWatches(path: string, text = '{"type":"MODIFIED","object":{"metadata":{"na'): void {
    this.#watchers.break(path, text);
  }

  /** Any bytes, sent by themselves. */
  writeRaw(path: string, bytes: Uint8Array): Promise<void> {
    return this.#watchers.writeRaw(path, bytes);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const seen = await seenRequest(request);
    this.requests.push(seen);
    const token = seen.authorization.replace(/^Bearer /, '');
    const { socket } = request;
    const isCertified = this.acceptsCertificates && 'authorized' in socket && socket.authorized === true;
    const isKnown = this.tokens.has(token) || isCertified;
    const fault = isKnown ? this.fault(seen) : { status: 401, message: 'Unauthorized' };
    if (fault === 'hang') return;
    if (fault === 'stall') {
      response.write('{"kind":');
      return;
    }
    if (fault === 'break') request.socket.destroy();
    else if (fault !== undefined && 'body' in fault) response.end(fault.body);
    else if (fault !== undefined) refuse(response, fault);
    else if (seen.method === 'GET') this.#read(seen, response);
    else if (seen.method === 'PATCH') this.#patch(seen, response);
    else if (seen.method === 'POST' && seen.path.endsWith('/events')) this.#keepEvent(seen, response);
    else refuse(response, { status: 405 });
  }

  #read({ path, query, acceptsGzip }: SeenRequest, response: ServerResponse): void {
    const kind = KINDS[path];
    if (kind === undefined || this.absent.has(path)) {
      refuse(response, { status: 404, message: 'the server could not find the requested resource' });
      return;
    }
    if (query['watch'] === 'true') {
      this.#watch(path, query, response);
      return;
    }
    const token = query['continue'];
    const page = this.collections.page(path, Number(query['limit'] ?? Infinity), token);
    if (page !== undefined) {
      const body = { kind: `${kind}List`, apiVersion: 'v1', ...page };
      answer(response, 200, body, { acceptsGzip, isCut: this.cutsBodies });
      return;
    }
    const message = 'The provided continue parameter is too old';
    const freshToken = this.collections.freshToken(path, token ?? '');
    refuse(response, { status: 410, message, freshToken });
  }

  #watch(path: string, query: Readonly<Record<string, string>>, response: ServerResponse): void {
    if ('sendInitialEvents' in query) {
      const message =
        'sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled';
      refuse(response, { status: 422, message });
      return;
    }
    const version = Number(query['resourceVersion']);
    const missed = this.collections.since(path, version);
    const expired = { status: 410, message: `too old resource version: ${version}` };
    if (missed === undefined && !this.expiresInStream) {
      refuse(response, expired);
      return;
    }
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.flushHeaders();
    if (missed === undefined) {
      response.end(`${JSON.stringify({ type: 'ERROR', object: statusObject(expired) })}\n`);
      return;
    }
    const seconds = query['timeoutSeconds'];
    const wantsBookmarks = query['allowWatchBookmarks'] === 'true';
    this.#watchers.add(
      { path, version, wantsBookmarks, ...(seconds !== undefined && { timeoutSeconds: Number(seconds) }) },
      response,
      missed,
    );
  }

  #patch({ path, contentType, body }: SeenRequest, response: ServerResponse): void {
    const [, name = '', subresource] = /^\/api\/v1\/nodes\/([^/]+)(\/status)?$/.exec(path) ?? [];
    const node = this.collections.get('/api/v1/nodes', name);
    if (node === undefined) {
      refuse(response, { status: 404, message: `nodes "${name}" not found` });
      return;
    }
    const named = (body as { metadata?: { resourceVersion?: string } }).metadata?.resourceVersion;
    if (named !== undefined && named !== node.metadata.resourceVersion) {
      refuse(response, { status: 409, message: 'the object has been modified' });
      return;
    }
    const next = patched(node as unknown as { [name: string]: Json }, contentType, body as Json);
    if (next === undefined) refuse(response, { status: 422, message: 'the patch does not fit' });
    else {
      // a subresource takes nothing but its own part, and the object itself everything but that
      const kept =
        subresource === undefined
          ? { status: node['status'] }
          : { metadata: node.metadata, spec: node['spec'] };
      answer(
        response,
        200,
        this.collections.put(this.admit({ ...next, ...kept } as unknown as StoredObject)),
      );
    }
  }

  #keepEvent({ path, body }: SeenRequest, response: ServerResponse): void {
    const refusal = this.kept.keep(path, body as StoredObject);
    if (refusal === undefined) answer(response, 201, body);
    else refuse(response, refusal);
  }

  #emit({ path, version, type, object }: StoredEvent): void {
    this.#watchers.send(path, version, { type, object });
  }
}
