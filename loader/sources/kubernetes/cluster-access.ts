// Where the API server is and what proves to it who we are: in-cluster or by a kubeconfig file, read again as it rotates.
import { readFileSync } from 'node:fs';
import type { OutgoingHttpHeaders } from 'node:http';
import { Agent, type RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { parse } from 'yaml';
import { z } from 'zod';
import { HeddleError, messageOf } from '../../errors.ts';

/** A machine that vanished is noticed this much later: a watch may be silent for minutes. */
const KEEP_ALIVE_MS = 30_000;

const tokenFiles = z.object({
  'current-context': z.string(),
  contexts: z.array(z.object({ name: z.string(), context: z.object({ user: z.string().optional() }) })),
  users: z.array(z.object({ name: z.string(), user: z.object({ tokenFile: z.string().optional() }) })),
});

interface Credentials {
  readonly kubeconfig: KubeConfig;
  readonly tokenFile: string | undefined;
}

export class ClusterAccess implements Disposable {
  /** Of the cluster, without a slash at its end. */
  readonly server: string;
  readonly #load: () => Credentials;
  readonly #agent = new Agent({ keepAlive: true, keepAliveMsecs: KEEP_ALIVE_MS });
  #credentials: Credentials;

  private constructor(load: () => Credentials) {
    this.#load = load;
    this.#credentials = load();
    this.server = this.#credentials.kubeconfig.getCurrentCluster()?.server ?? '';
  }

  /** Without a file: the service account of the pod that this process is. Throws `INVALID_CONFIG`. */
  static async open(file: string | undefined): Promise<ClusterAccess> {
    // a megabyte that no other source needs; only this file of it, without the model of every Kubernetes object
    const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
    const load = (): Credentials => {
      const kubeconfig = new KubeConfig();
      if (file === undefined) kubeconfig.loadFromCluster();
      else kubeconfig.loadFromFile(file);
      return { kubeconfig, tokenFile: file === undefined ? undefined : tokenFileOf(file) };
    };
    if (file === undefined && process.env['KUBERNETES_SERVICE_HOST'] === undefined)
      throw new HeddleError(
        'INVALID_CONFIG',
        'KUBERNETES_SERVICE_HOST is not set, so this is no pod: write source.kubeconfig',
      );
    return new ClusterAccess(() => checked(load, file));
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  /** The server has refused what proves who we are: files are read anew before the next request. */
  renew(): void {
    this.#credentials = this.#load();
  }

  /** What the next request needs. Rejects when a file of it cannot be read. */
  async requestOptions(): Promise<RequestOptions> {
    const { kubeconfig, tokenFile } = this.#credentials;
    const options: RequestOptions = { headers: {} };
    await kubeconfig.applyToHTTPSOptions(options);
    if (tokenFile !== undefined) {
      const token = readFileSync(tokenFile, 'utf8').trim();
      options.headers = { ...(options.headers as OutgoingHttpHeaders), Authorization: `Bearer ${token}` };
    }
    // its own agent makes a new connection for each request, but knows the way through a proxy
    if (!kubeconfig.getCurrentCluster()?.proxyUrl) options.agent = this.#agent;
    return options;
  }
}

function checked(load: () => Credentials, file = 'of the service account'): Credentials {
  const credentials = attempt(load, file);
  const server = credentials.kubeconfig.getCurrentCluster()?.server;
  if (server === undefined)
    throw new HeddleError(
      'INVALID_CONFIG',
      `the kubeconfig ${file} has no current-context that names a cluster`,
    );
  if (!server.startsWith('https://'))
    throw new HeddleError('INVALID_CONFIG', `the kubeconfig ${file} has server '${server}': write https://`);
  return credentials;
}

function attempt(load: () => Credentials, file: string): Credentials {
  try {
    return load();
  } catch (error) {
    const reason = messageOf(error);
    throw new HeddleError('INVALID_CONFIG', `cannot read the kubeconfig ${file}: ${reason}`, {
      cause: error,
    });
  }
}

/** `tokenFile` of the current user, which KubeConfig does not know. */
function tokenFileOf(file: string): string | undefined {
  const read = tokenFiles.safeParse(parse(readFileSync(file, 'utf8')));
  if (!read.success) return undefined;
  const { contexts, users } = read.data;
  const context = contexts.find(({ name }) => name === read.data['current-context'])?.context;
  return users.find(({ name }) => name === context?.user)?.user.tokenFile;
}
