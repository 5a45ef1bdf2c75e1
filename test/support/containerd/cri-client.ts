// A client of a container runtime, as the kubelet is one: CRI v1 over the runtime's socket.
import { Client, credentials } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import type { PodPlan } from '../../../lab/plan.ts';

const PROTO = 'test/support/containerd/cri.proto';
const DEADLINE_MS = 120_000;

export interface PortMapping {
  readonly protocol: 'TCP' | 'UDP';
  readonly containerPort: number;
  readonly hostPort: number;
}

export interface SandboxConfig {
  readonly pod: Pick<PodPlan, 'name' | 'namespace' | 'uid'>;
  readonly cgroupParent: string;
  readonly portMappings?: readonly PortMapping[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A pod's sandbox as its runtime knows it. */
export interface Sandbox {
  readonly id: string;
  /** Path of its network namespace. */
  readonly netns: string;
  readonly addresses: readonly string[];
}

interface Condition {
  readonly type: string;
  readonly status?: boolean;
  readonly message?: string;
}

interface SandboxStatus {
  readonly status?: {
    readonly network?: { readonly ip?: string; readonly additionalIps?: readonly { readonly ip: string }[] };
  };
  readonly info?: { readonly info?: string };
}

/** Of containerd's own account of a sandbox. */
interface SandboxInfo {
  readonly runtimeSpec: { readonly linux: { readonly namespaces: readonly Namespace[] } };
}

interface Namespace {
  readonly type: string;
  readonly path?: string;
}

export class CriClient {
  readonly #client: Client;
  readonly #root = new protobuf.Root().loadSync(PROTO);

  /** The creator closes it. */
  constructor(socketPath: string) {
    this.#client = new Client(`unix:${socketPath}`, credentials.createInsecure());
  }

  /** A sentence for each condition that is not met; none when the runtime and its network are ready. */
  async unmetConditions(): Promise<string[]> {
    const reply = (await this.#ask('RuntimeService', 'Status', {})) as {
      status?: { conditions?: Condition[] };
    };
    const conditions = reply.status?.conditions ?? [];
    if (conditions.length === 0) return ['the runtime reports no condition'];
    return conditions
      .filter(({ status }) => status !== true)
      .map(({ type, message }) => `${type}: ${message ?? ''}`);
  }

  async hasImage(image: string): Promise<boolean> {
    const reply = (await this.#ask('ImageService', 'ImageStatus', { image: { image } })) as {
      image?: { id?: string };
    };
    return reply.image?.id !== undefined;
  }

  /** Settles when the sandbox runs and has its network; rejects with what the runtime or a plugin says against it. */
  async runSandbox({ pod, cgroupParent, ...config }: SandboxConfig): Promise<Sandbox> {
    const { name, namespace, uid } = pod;
    const linux = { cgroupParent };
    const request = { config: { metadata: { name, namespace, uid }, hostname: name, linux, ...config } };
    const reply = await this.#ask('RuntimeService', 'RunPodSandbox', request);
    return this.#sandbox((reply as { podSandboxId: string }).podSandboxId);
  }

  async stopSandbox(podSandboxId: string): Promise<void> {
    await this.#ask('RuntimeService', 'StopPodSandbox', { podSandboxId });
  }

  async removeSandbox(podSandboxId: string): Promise<void> {
    await this.#ask('RuntimeService', 'RemovePodSandbox', { podSandboxId });
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }

  async #sandbox(id: string): Promise<Sandbox> {
    const request = { podSandboxId: id, verbose: true };
    const { status, info } = (await this.#ask(
      'RuntimeService',
      'PodSandboxStatus',
      request,
    )) as SandboxStatus;
    const { runtimeSpec } = JSON.parse(info?.info ?? '{}') as SandboxInfo;
    const netns = runtimeSpec.linux.namespaces.find(({ type }) => type === 'network')?.path;
    if (netns === undefined) throw new Error(`sandbox ${id} has no network namespace of its own`);
    const { ip = '', additionalIps = [] } = status?.network ?? {};
    return { id, netns, addresses: [ip, ...additionalIps.map(one => one.ip)] };
  }

  #ask(serviceName: string, methodName: string, request: object): Promise<unknown> {
    const method = this.#root.lookupService(`runtime.v1.${serviceName}`).methods[methodName];
    if (method === undefined) throw new TypeError(`${PROTO} has no ${serviceName}.${methodName}`);
    const sent = this.#root.lookupType(`runtime.v1.${method.requestType}`);
    const received = this.#root.lookupType(`runtime.v1.${method.responseType}`);
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        `/runtime.v1.${serviceName}/${methodName}`,
        (message: object) => Buffer.from(sent.encode(sent.fromObject(message)).finish()),
        (bytes: Buffer) => received.toObject(received.decode(bytes)) as unknown,
        request,
        { deadline: Date.now() + DEADLINE_MS },
        (error, reply) => {
          if (error === null) resolve(reply);
          else reject(error);
        },
      );
    });
  }
}
