// A stand-in for the Kubernetes API server: its protocol over HTTPS, and every way in which it fails.
import { createServer, type Server } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { answer, refuse, seenRequest, type Fault, type SeenRequest } from './answers.ts';
import { certificates } from '../certificates.ts';
import { Collections, KINDS, type StoredEvent, type StoredObject } from './collections.ts';
import { patched, type Json } from './patches.ts';

interface Watcher {
  readonly path: string;
  readonly response: ServerResponse;
}

export class StandInApiServer {
  readonly collections = new Collections();
  /** Nothing else is accepted. */
  readonly tokens = new Set(['first-token']);
  readonly requests: SeenRequest[] = [];
  /** Collections whose CustomResourceDefinition is not there. */
  readonly absent = new Set<string>();
  readonly events: StoredObject[] = [];
  /** Asked about each request that is let in. */
  fault: (request: SeenRequest) => Fault | undefined = () => undefined;
  /** What a mutating webhook makes of a Node that is patched. */
  admit: (object: StoredObject) => StoredObject = object => object;
  /** A watch with an expired version gets 200 and an ERROR event. */
  expiresInStream = false;
  readonly #watchers = new Set<Watcher>();
  readonly #sockets = new Set<Duplex>();
  #server: Server | undefined;
  #port = 0;

  readonly #address: string;

  constructor(address = '127.0.0.1') {
    this.#address = address;
    this.collections.onEvent = event => this.#emit(event);
  }

  get url(): string {
    return `https://${this.#address}:${this.#port}`;
  }

  /** The second time on the same port, with what it knew before. */
  async comeUp(): Promise<void> {
    const { cert, key } = certificates(this.#address).server;
    const server = createServer({ cert, key }, (request, response) => void this.#answer(request, response));
    server.on('connection', socket => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>(resolve => server.listen(this.#port, this.#address, resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async goAway(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#watchers.clear();
    for (const socket of this.#sockets) socket.destroy();
    if (server !== undefined) await new Promise(resolve => server.close(resolve));
  }

  /** Requests of a collection, watches or lists. */
  seen(path: string, what: 'list' | 'watch'): readonly SeenRequest[] {
    return this.requests.filter(
      each => each.path === path && each.method === 'GET' && 'watch' in each.query === (what === 'watch'),
    );
  }

  writes(): readonly SeenRequest[] {
    return this.requests.filter(({ method }) => method !== 'GET');
  }

  watching(path: string): number {
    return [...this.#watchers].filter(watcher => watcher.path === path).length;
  }

  bookmark(path: string): void {
    const metadata = { resourceVersion: String(this.collections.version) };
    this.#write(path, { type: 'BOOKMARK', object: { kind: KINDS[path], apiVersion: 'v1', metadata } });
  }

  /** What a watch says when it can no longer go on; it then ends. */
  sendError(path: string, code: number, message: string): void {
    this.#write(path, { type: 'ERROR', object: { kind: 'Status', code, message } });
    this.endWatches(path);
  }

  /** As when their time is up. */
  endWatches(path: string): void {
    for (const watcher of this.#of(path)) {
      this.#watchers.delete(watcher);
      watcher.response.end();
    }
  }

  /** Half a line, and then nothing any more. */
  breakWatches(path: string, text = '{"type":"MODIFIED","object":{"metadata":{"na'): void {
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

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const seen = await seenRequest(request);
    this.requests.push(seen);
    const token = seen.authorization.replace(/^Bearer /, '');
    const fault = this.tokens.has(token) ? this.fault(seen) : { status: 401, message: 'Unauthorized' };
    if (fault === 'hang') return;
    if (fault === 'stall') {
      response.write('{"kind":');
      return;
    }
    if (fault === 'break') request.socket.destroy();
    else if (fault !== undefined) refuse(response, fault);
    else if (seen.method === 'GET') this.#read(seen, response);
    else if (seen.method === 'PATCH') this.#patch(seen, response);
    else if (seen.method === 'POST' && seen.path.endsWith('/events')) this.#keepEvent(seen, response);
    else refuse(response, { status: 405 });
  }

  #read({ path, query }: SeenRequest, response: ServerResponse): void {
    const kind = KINDS[path];
    if (kind === undefined || this.absent.has(path)) {
      refuse(response, { status: 404, message: 'the server could not find the requested resource' });
      return;
    }
    if (query['watch'] === 'true') this.#watch(path, query, response);
    else {
      const page = this.collections.page(path, Number(query['limit'] ?? Infinity), query['continue']);
      if (page === undefined)
        refuse(response, { status: 410, message: 'The provided continue parameter is too old' });
      else answer(response, 200, { kind: `${kind}List`, apiVersion: 'v1', ...page });
    }
  }

  #watch(path: string, query: Readonly<Record<string, string>>, response: ServerResponse): void {
    const missed = this.collections.since(path, Number(query['resourceVersion']));
    const expired = { status: 410, message: 'too old resource version' };
    if (missed === undefined && !this.expiresInStream) {
      refuse(response, expired);
      return;
    }
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.flushHeaders();
    if (missed === undefined) {
      const object = { kind: 'Status', code: expired.status, message: expired.message };
      response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`);
      return;
    }
    for (const { type, object } of missed) response.write(`${JSON.stringify({ type, object })}\n`);
    const watcher = { path, response };
    this.#watchers.add(watcher);
    response.on('close', () => this.#watchers.delete(watcher));
  }

  #patch({ path, contentType, body }: SeenRequest, response: ServerResponse): void {
    const [, name = '', subresource] = /^\/api\/v1\/nodes\/([^/]+)(\/status)?$/.exec(path) ?? [];
    const node = this.collections.get('/api/v1/nodes', name);
    if (node === undefined) {
      refuse(response, { status: 404, message: `nodes "${name}" not found` });
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

  #keepEvent({ body }: SeenRequest, response: ServerResponse): void {
    const event = body as StoredObject;
    const isKnown = this.events.some(({ metadata }) => metadata.name === event.metadata.name);
    if (isKnown) refuse(response, { status: 409, message: 'already exists' });
    else {
      this.events.push(event);
      answer(response, 201, event);
    }
  }

  #emit({ path, type, object }: StoredEvent): void {
    this.#write(path, { type, object });
  }

  #write(path: string, event: object): void {
    for (const { response } of this.#of(path)) response.write(`${JSON.stringify(event)}\n`);
  }

  #of(path: string): readonly Watcher[] {
    return [...this.#watchers].filter(watcher => watcher.path === path);
  }
}
