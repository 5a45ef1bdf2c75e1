// A stand-in for the API server as kubectl uses it: discovery, get, create, delete, logs and exec, over HTTPS.
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { answer, refuse, seenRequest, type SeenRequest } from '../api-server/answers.ts';
import { certificates } from '../certificates.ts';
import { serveExec } from './exec-channel.ts';
import { discovered, requestedResource, type RequestedResource } from './resources.ts';

export interface ClusterObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

export interface Kubelet {
  /** What runs for a program in a container; undefined: the container does not run. */
  readonly execIn: (namespace: string, pod: string, argv: readonly string[]) => readonly string[] | undefined;
  readonly logOf: (namespace: string, pod: string) => string;
  /** The object as it comes to be. */
  readonly create: (object: ClusterObject) => Promise<ClusterObject>;
  readonly remove: (object: ClusterObject) => Promise<void>;
}

export const IDLE_KUBELET: Kubelet = {
  execIn: () => undefined,
  logOf: () => '',
  create: object => Promise.resolve(object),
  remove: () => Promise.resolve(),
};

export class KubectlServer {
  readonly token = 'token-of-the-operator';
  /** Resources, such as `nodes`, that the operator may not touch. */
  readonly forbidden = new Set<string>();
  readonly #objects = new Map<string, ClusterObject>();
  readonly #kubelet: Kubelet;
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();
  #uid = 0;

  constructor(kubelet: Kubelet) {
    this.#kubelet = kubelet;
    this.#server = createServer(
      certificates().server,
      (request, response) => void this.#answer(request, response),
    );
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex) => this.#upgrade(request, socket));
    this.#server.on('connection', (socket: Duplex) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise(resolve => this.#server.close(resolve));
  }

  put(object: ClusterObject): ClusterObject {
    const uid = object.metadata.uid ?? `uid-${++this.#uid}`;
    const metadata = { ...object.metadata, uid, resourceVersion: '1' };
    const kept = { ...object, metadata };
    this.#objects.set(keyOf(kept), kept);
    return kept;
  }

  objectsOf(kind: string): ClusterObject[] {
    return [...this.#objects.values()].filter(object => object.kind === kind);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#serve(await seenRequest(request), response);
    } catch (error) {
      refuse(response, { status: 500, message: String(error) });
    }
  }

  async #serve(seen: SeenRequest, response: ServerResponse): Promise<void> {
    if (seen.authorization !== `Bearer ${this.token}`) {
      refuse(response, { status: 401, message: 'Unauthorized' });
      return;
    }
    const discovery = discovered(seen.path);
    const asked = requestedResource(seen.path);
    if (discovery !== undefined) answer(response, 200, discovery);
    else if (asked === undefined) refuse(response, { status: 404, message: `no resource at ${seen.path}` });
    else if (this.forbidden.has(asked.resource.name))
      refuse(response, { status: 403, message: `${asked.resource.name} is forbidden` });
    else if (seen.method === 'POST') await this.#create(seen.body as ClusterObject, asked, response);
    else if (asked.name === undefined) this.#list(asked, seen.query, response);
    else await this.#serveOne(seen, asked, response);
  }

  async #serveOne(
    { method }: SeenRequest,
    asked: RequestedResource,
    response: ServerResponse,
  ): Promise<void> {
    const { resource, namespace = '', name = '', subresource } = asked;
    const found = this.#objects.get(`${resource.kind} ${resource.isNamespaced ? namespace : ''}/${name}`);
    if (found === undefined) {
      refuse(response, { status: 404, message: `${resource.name} "${name}" not found` });
    } else if (subresource === 'log') {
      response.end(this.#kubelet.logOf(namespace, name));
    } else if (method === 'DELETE') {
      await this.#remove(found);
      answer(response, 200, { kind: 'Status', apiVersion: 'v1', status: 'Success' });
    } else answer(response, 200, found);
  }

  /** A namespace goes with everything in it. */
  async #remove(object: ClusterObject): Promise<void> {
    const { name } = object.metadata;
    const within =
      object.kind === 'Namespace'
        ? [...this.#objects.values()].filter(({ metadata }) => metadata.namespace === name)
        : [];
    for (const each of [...within, object]) {
      await this.#kubelet.remove(each);
      this.#objects.delete(keyOf(each));
    }
  }

  async #create(
    object: ClusterObject,
    { resource, namespace }: RequestedResource,
    response: ServerResponse,
  ): Promise<void> {
    const metadata = {
      ...object.metadata,
      ...(resource.isNamespaced && namespace !== undefined && { namespace }),
    };
    const whole = { ...object, metadata };
    if (this.#objects.has(keyOf(whole)))
      refuse(response, { status: 409, message: `${resource.name} "${metadata.name}" already exists` });
    else answer(response, 201, this.put(await this.#kubelet.create(whole)));
  }

  #list(
    { resource, namespace }: RequestedResource,
    query: Readonly<Record<string, string>>,
    response: ServerResponse,
  ): void {
    if (query['watch'] !== undefined) {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.flushHeaders(); // nothing changes any more
      return;
    }
    const items = this.objectsOf(resource.kind)
      .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
      .filter(object => isSelected(object.metadata.labels ?? {}, query['labelSelector']))
      .filter(object => isSelected(fieldsOf(object), query['fieldSelector']));
    const [first] = items;
    const apiVersion = first?.['apiVersion'] ?? 'v1';
    answer(response, 200, {
      kind: `${resource.kind}List`,
      apiVersion,
      metadata: { resourceVersion: '1' },
      items,
    });
  }

  #upgrade(request: IncomingMessage, socket: Duplex): void {
    const { pathname, searchParams } = new URL(request.url ?? '', 'https://x');
    const asked = requestedResource(pathname);
    const { namespace = '', name = '' } = asked ?? {};
    const isKnown = request.headers.authorization === `Bearer ${this.token}`;
    const argv = this.#kubelet.execIn(namespace, name, searchParams.getAll('command'));
    if (isKnown && asked?.subresource === 'exec' && argv !== undefined) serveExec(request, socket, argv);
    else socket.end('HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n');
  }
}

function keyOf({ kind, metadata }: ClusterObject): string {
  return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}

function fieldsOf({ metadata, spec, status }: ClusterObject): Readonly<Record<string, string>> {
  const { nodeName = '' } = (spec ?? {}) as { readonly nodeName?: string };
  const { podIP = '', phase = '' } = (status ?? {}) as { readonly podIP?: string; readonly phase?: string };
  return {
    ...{ 'metadata.name': metadata.name, 'spec.nodeName': nodeName },
    ...{ 'status.podIP': podIP, 'status.phase': phase },
  };
}

/** 'a=b,c=d'. */
function isSelected(values: Readonly<Record<string, string>>, selector: string | undefined): boolean {
  const terms = (selector ?? '').split(',').filter(term => term !== '');
  return terms.every(term => {
    const [name = '', value] = term.split(/==?/);
    return values[name] === value;
  });
}
