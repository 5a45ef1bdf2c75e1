// The kubelet's part: a Pod's containers as it asks a container runtime for them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const volume = z.object({
  name: z.string(),
  hostPath: z.object({ path: z.string(), type: z.string() }).optional(),
  configMap: z.object({ name: z.string() }).optional(),
});
const mount = z.object({
  ...{ name: z.string(), mountPath: z.string(), readOnly: z.boolean().default(false) },
  mountPropagation: z.enum(['None', 'HostToContainer', 'Bidirectional']).default('None'),
});
const container = z.object({
  name: z.string(),
  image: z.string(),
  command: z.array(z.string()).default([]),
  args: z.array(z.string()).default([]),
  env: z
    .array(
      z.object({
        name: z.string(),
        value: z.string().optional(),
        valueFrom: z.object({ fieldRef: z.object({ fieldPath: z.literal('spec.nodeName') }) }).optional(),
      }),
    )
    .default([]),
  securityContext: z
    .strictObject({
      privileged: z.boolean().default(false),
      readOnlyRootFilesystem: z.boolean().default(false),
      capabilities: z
        .object({ add: z.array(z.string()), drop: z.array(z.string()) })
        .default({ add: [], drop: [] }),
      appArmorProfile: z.object({ type: z.literal('Unconfined') }).optional(),
      seLinuxOptions: z.object({ type: z.literal('spc_t') }).optional(),
      seccompProfile: z.object({ type: z.enum(['RuntimeDefault', 'Unconfined']) }).optional(),
    })
    .prefault({}),
  volumeMounts: z.array(mount),
});

export const podSpec = z.object({
  hostNetwork: z.literal(true),
  initContainers: z.array(container).default([]),
  containers: z.array(z.unknown()),
  volumes: z.array(volume),
});
export const containerSpec = container;

export type PodSpec = z.infer<typeof podSpec>;
export type ContainerSpec = z.infer<typeof container>;

export interface NodeFolders {
  readonly nodeName: string;
  /** Folder of what the kubelet makes for the Pod. */
  readonly directory: string;
  /** Data of ConfigMaps by name. */
  readonly configMaps: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Files of the service account, and the environment of the API server's Service. */
  readonly serviceAccount: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  /** Where a folder of the node is for the test, if not where it says. */
  readonly hostPath: (path: string) => string;
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const NODE = { network: 2, ipc: 2, pid: 1 };
/** Kubernetes, pkg/securitycontext: what a container without privileges does not see, or cannot write. */
const MASKED = ['acpi', 'kcore', 'keys', 'latency_stats', 'timer_list', 'timer_stats', 'sched_debug', 'scsi'];
const READ_ONLY = ['bus', 'fs', 'irq', 'sys', 'sysrq-trigger'];
const PROPAGATION = { None: 0, HostToContainer: 1, Bidirectional: 2 } as const;
const SECCOMP = { RuntimeDefault: 0, Unconfined: 1 } as const;

/** Of a Pod on the node's own network. */
export function sandboxConfig(name: string, cgroupParent: string, logDirectory: string): object {
  return {
    metadata: { name, namespace: 'kube-system', uid: `uid-${name}` },
    logDirectory,
    linux: { cgroupParent, securityContext: { namespaceOptions: NODE, privileged: true } },
  };
}

/** Makes what the mounts need: folders of the node, files of ConfigMaps and of the service account. */
export function containerConfig(spec: ContainerSpec, pod: PodSpec, node: NodeFolders): object {
  const { securityContext: security } = spec;
  return {
    metadata: { name: spec.name },
    image: { image: spec.image },
    command: spec.command,
    args: spec.args,
    envs: [
      ...Object.entries(node.environment).map(([key, value]) => ({ key, value })),
      ...spec.env.map(({ name: key, value = node.nodeName }) => ({ key, value })),
    ],
    mounts: [...spec.volumeMounts.map(each => mountOf(each, pod, node)), serviceAccountMount(node)],
    logPath: `${spec.name}.log`,
    linux: {
      securityContext: {
        privileged: security.privileged,
        readonlyRootfs: security.readOnlyRootFilesystem,
        capabilities: {
          addCapabilities: security.capabilities.add,
          dropCapabilities: security.capabilities.drop,
        },
        namespaceOptions: NODE,
        seccomp: { profileType: SECCOMP[security.seccompProfile?.type ?? 'Unconfined'] },
        ...(!security.privileged && {
          maskedPaths: [...MASKED.map(name => `/proc/${name}`), '/sys/firmware'],
          readonlyPaths: READ_ONLY.map(name => `/proc/${name}`),
        }),
      },
    },
  };
}

function mountOf(
  { name, mountPath: containerPath, readOnly, mountPropagation }: z.infer<typeof mount>,
  pod: PodSpec,
  node: NodeFolders,
): object {
  const found = pod.volumes.find(each => each.name === name);
  if (found === undefined) throw new Error(`no volume is named ${name}`);
  return {
    ...{ containerPath, hostPath: sourceOf(found, node) },
    ...{ readonly: readOnly, propagation: PROPAGATION[mountPropagation] },
  };
}

function sourceOf({ name, hostPath, configMap }: z.infer<typeof volume>, node: NodeFolders): string {
  if (hostPath !== undefined) {
    const path = node.hostPath(hostPath.path);
    if (hostPath.type === 'DirectoryOrCreate') mkdirSync(path, { recursive: true });
    return path;
  }
  const data = node.configMaps[configMap?.name ?? ''];
  if (data === undefined) throw new Error(`the volume ${name} is of a kind that is not known here`);
  return writeFiles(join(node.directory, name), data);
}

function serviceAccountMount({ directory, serviceAccount }: NodeFolders): object {
  const hostPath = writeFiles(join(directory, 'service-account'), serviceAccount);
  return { containerPath: SERVICE_ACCOUNT, hostPath, readonly: true };
}

function writeFiles(folder: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}
