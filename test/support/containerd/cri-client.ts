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

export interface ContainerStatus {
  /** Undefined while it runs. */
  readonly exitCode: number | undefined;
  readonly pid: number;
}

/** ContainerState of CRI. */
const CONTAINER_EXITED = 2;

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

  /** A sandbox on the node's own network; its id. */
  async runHostSandbox(config: object): Promise<string> {
    const reply = await this.#ask('RuntimeService', 'RunPodSandbox', { config });
    return (reply as { podSandboxId: string }).podSandboxId;
  }

  /** Settles when it runs, with its id. `sandbox`: the config that the sandbox was made of. */
  async runContainer(podSandboxId: string, sandboxConfig: object, config: object): Promise<string> {
    const request = { podSandboxId, sandboxConfig, config };
    const { containerId } = (await this.#ask('RuntimeService', 'CreateContainer', request)) as {
      containerId: string;
    };
    await this.#ask('RuntimeService', 'StartContainer', { containerId });
    return containerId;
  }

  async containerStatus(containerId: string): Promise<ContainerStatus> {
    const request = { containerId, verbose: true };
    const { status, info } = (await this.#ask('RuntimeService', 'ContainerStatus', request)) as {
      status?: { state?: number; exitCode?: number };
      info?: { info?: string };
    };
    const { pid } = JSON.parse(info?.info ?? '{}') as { pid?: number };
    const hasEnded = status?.state === CONTAINER_EXITED;
    return { exitCode: hasEnded ? (status.exitCode ?? 0) : undefined, pid: pid ?? 0 };
  }

  /** SIGTERM, and after so many seconds SIGKILL. */
  async stopContainer(containerId: string, timeout: number): Promise<void> {
    await this.#ask('RuntimeService', 'StopContainer', { containerId, timeout });
    await this.#ask('RuntimeService', 'RemoveContainer', { containerId });
  }

  /** What a command in the container prints on both streams, and its exit status. */
  async exec(
    containerId: string,
    cmd: readonly string[],
  ): Promise<{ readonly output: string; readonly code: number }> {
    const reply = (await this.#ask('RuntimeService', 'ExecSync', { containerId, cmd, timeout: 60 })) as {
      stdout?: Uint8Array;
      stderr?: Uint8Array;
      exitCode?: number;
    };
    const text = [reply.stdout, reply.stderr].map(bytes => Buffer.from(bytes ?? []).toString()).join('');
    return { output: text, code: reply.exitCode ?? 0 };
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
