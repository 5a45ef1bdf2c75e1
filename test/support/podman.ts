// Debian's podman on a lab's node: its own storage and configuration, in the node's network namespace, with Heddle's network.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NodePlan } from '../../lab/plan.ts';
import { writeCniFolders, type CniFolders } from './runtimes/cni-folders.ts';
import type { RuntimeHome } from './runtimes/runtime-home.ts';
import { SLEEPING_IMAGE, writeSleepingImage } from './runtimes/sleeping-image.ts';

const TIMEOUT_MS = 120_000;

export interface Container {
  readonly name: string;
  /** Path of its network namespace. */
  readonly netns: string;
  readonly addresses: readonly string[];
}

/** Of `podman inspect`. */
interface Inspected {
  readonly NetworkSettings: {
    readonly SandboxKey: string;
    readonly Networks: Readonly<
      Record<string, { readonly IPAddress: string; readonly GlobalIPv6Address: string }>
    >;
  };
}

export class Podman {
  readonly #home: RuntimeHome;
  readonly #node: NodePlan;

  private constructor(home: RuntimeHome, node: NodePlan) {
    this.#home = home;
    this.#node = node;
  }

  /** Has the image when this settles. Nothing of it runs by itself. */
  static async install(home: RuntimeHome, node: NodePlan): Promise<Podman> {
    const { directory } = home;
    mkdirSync(join(directory, 'tmp'));
    writeFileSync(join(directory, 'containers.conf'), configuration(home, writeCniFolders(home, node)));
    writeFileSync(join(directory, 'storage.conf'), storage(directory));
    const podman = new Podman(home, node);
    await podman.run('load', '--quiet', '--input', writeSleepingImage(directory));
    return podman;
  }

  /** A container of the network, with further arguments of podman's `run`. */
  async create(name: string, ...options: string[]): Promise<Container> {
    const { network, cgroupParent } = this.#home;
    const place = ['--network', network, '--cgroup-parent', cgroupParent];
    await this.run('run', '--detach', '--name', name, ...place, ...options, SLEEPING_IMAGE);
    return this.inspect(name);
  }

  /** Stops it and starts it again. */
  async restart(name: string): Promise<Container> {
    await this.run('stop', '--time', '0', name);
    await this.run('start', name);
    return this.inspect(name);
  }

  async remove(name: string): Promise<void> {
    await this.run('rm', '--force', '--time', '0', name);
  }

  async inspect(name: string): Promise<Container> {
    const [inspected] = JSON.parse(await this.run('inspect', name)) as Inspected[];
    const { SandboxKey: netns = '', Networks = {} } = inspected?.NetworkSettings ?? {};
    const { IPAddress = '', GlobalIPv6Address = '' } = Networks[this.#home.network] ?? {};
    if (netns === '') throw new Error(`container ${name} has no network namespace of its own`);
    this.#home.namespaces.add(netns);
    return { name, netns, addresses: [IPAddress, GlobalIPv6Address] };
  }

  /** What podman prints; throws unless it succeeds. */
  async run(...words: string[]): Promise<string> {
    const { directory } = this.#home;
    const child = spawn('nsenter', [`--net=${this.#node.netns}`, 'podman', ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
      env: {
        PATH: process.env['PATH'],
        HOME: directory,
        TMPDIR: join(directory, 'tmp'),
        CONTAINERS_CONF: join(directory, 'containers.conf'),
        CONTAINERS_STORAGE_CONF: join(directory, 'storage.conf'),
      },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    if (code === 0) return stdout;
    throw new Error(`podman ${words.join(' ')} ended with ${code ?? 'a signal'}: ${stderr}`);
  }
}

/** Locks in files and no events: the other kinds are one for the whole machine. */
function configuration({ directory, network }: RuntimeHome, cni: CniFolders): string {
  return `[containers]
default_ulimits = ["nofile=1000:1000", "nproc=1000:1000"]
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
lock_type = "file"
runtime = "runc"
static_dir = "${directory}/libpod"
tmp_dir = "${directory}/tmp/libpod"
volume_path = "${directory}/volumes"
[network]
network_backend = "cni"
cni_plugin_dirs = ["${cni.plugins}"]
network_config_dir = "${cni.networks}"
default_network = "${network}"
`;
}

function storage(directory: string): string {
  return `[storage]
driver = "overlay"
graphroot = "${directory}/storage"
runroot = "${directory}/run"
`;
}
