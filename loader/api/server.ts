// The daemon's gRPC server: all services on one unix socket with mode 0600.
import { Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js';
import type { KeyedMutex } from '../async/keyed-mutex.ts';
import type { Attacher } from './cni/attacher.ts';
import { cniCommands } from './cni/handler.ts';
import { cniService, type CniObserver } from './cni-service.ts';
import { dataplaneService } from './dataplane-service.ts';
import type { DataplaneView } from './dataplane-view.ts';
import { eventsService } from './events-service.ts';
import type { EventsView } from './events-view.ts';
import { healthService } from './health-service.ts';
import type { PolicyKeeper } from '../sources/applied/applied-policies.ts';
import type { PolicyContext } from './policy-explanation.ts';
import { policyService, type PolicyAct } from './policy-service.ts';
import { grpc, heddle } from './proto.gen.js';
import { reflectionService } from './reflection-service.ts';
import { ServerSocket } from './server-socket.ts';
import { serviceDefinition } from './service-definition.ts';

export interface ServerOptions {
  readonly socketPath: string;
  readonly attacher: Attacher;
  readonly view: DataplaneView;
  readonly policies: PolicyKeeper;
  readonly policyContext: PolicyContext;
  readonly events: EventsView;
  readonly observeCni?: CniObserver;
  readonly onPolicyAct?: (act: PolicyAct) => void;
  /** By container, of the CNI commands. */
  readonly cniMutex?: KeyedMutex;
}

/** Enough for a GC that lists 30,000 attachments. */
const MAX_REQUEST_BYTES = 4 << 20;
/** Time for calls in progress to end when the server stops. Watches do not end by themselves. */
const GRACE_MS = 1_000;
const SERVICES = [
  'heddle.v1.Cni',
  'heddle.v1.Dataplane',
  'heddle.v1.Events',
  'heddle.v1.Policy',
  'grpc.health.v1.Health',
  'grpc.reflection.v1.ServerReflection',
];

export class ApiServer {
  readonly socketPath: string;
  readonly #server: Server;
  #socket: ServerSocket | undefined;
  #isListening = false;
  #stopped: Promise<void> | undefined;

  /** `listen` makes the socket. */
  constructor(options: ServerOptions) {
    const { socketPath, attacher, view, policies, policyContext, events, observeCni, cniMutex, onPolicyAct } =
      options;
    const server = new Server({
      'grpc.max_receive_message_length': MAX_REQUEST_BYTES,
      'grpc.max_concurrent_streams': 1_000,
    });
    const cni = cniService(cniCommands(attacher, cniMutex), observeCni);
    server.addService(serviceDefinition(heddle.v1.Cni, heddle.v1), { ...cni });
    server.addService(serviceDefinition(heddle.v1.Dataplane, heddle.v1), { ...dataplaneService(view) });
    server.addService(serviceDefinition(heddle.v1.Events, heddle.v1), { ...eventsService(events) });
    server.addService(serviceDefinition(heddle.v1.Policy, heddle.v1), {
      ...policyService(policies, policyContext, onPolicyAct),
    });
    server.addService(serviceDefinition(grpc.health.v1.Health, grpc.health.v1), { ...healthService(view) });
    addReflection(server);
    this.#server = server;
    this.socketPath = socketPath;
  }

  /** Resolves when clients can connect. */
  static async start(options: ServerOptions): Promise<ApiServer> {
    const server = new ApiServer(options);
    await server.listen();
    return server;
  }

  /**
   * Makes the socket unless it is there: also again where it was removed, or replaced by one without a listener (tmpfiles, an
   * operator). Rejects with `HeddleError` when a process listens there, or when it is no socket, and with the error of the
   * system when it cannot be made.
   */
  async listen(): Promise<void> {
    const former = this.#socket;
    if (this.#stopped !== undefined || this.#isListening || former?.isPublished === true) return;
    this.#isListening = true;
    try {
      const socket = await ServerSocket.claim(this.socketPath);
      await bind(this.#server, socket.bindPath);
      socket.publish();
      this.#socket = socket;
      if (former !== undefined) this.#server.unbind(`unix:${former.bindPath}`); // calls in progress end first
    } finally {
      this.#isListening = false;
    }
  }

  /** Accepts no new call, waits `GRACE_MS` for those in progress, and resolves when the server is closed. Idempotent. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    this.#socket?.release();
    const force = setTimeout(() => this.#server.forceShutdown(), GRACE_MS);
    await new Promise<void>(resolve => {
      this.#server.tryShutdown(() => resolve());
    });
    clearTimeout(force);
  }
}

/** The same service also under its former name v1alpha: the messages are identical, and older clients use it. */
function addReflection(server: Server): void {
  const definition = serviceDefinition(grpc.reflection.v1.ServerReflection, grpc.reflection.v1);
  const handlers = { ...reflectionService(SERVICES) };
  server.addService(definition, handlers);
  const { serverReflectionInfo: method } = definition;
  const path = method.path.replace('grpc.reflection.v1.', 'grpc.reflection.v1alpha.');
  const older: ServiceDefinition = { serverReflectionInfo: { ...method, path } };
  server.addService(older, handlers);
}

function bind(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`unix:${path}`, ServerCredentials.createInsecure(), error => {
      if (error === null) resolve();
      else reject(error);
    });
  });
}
