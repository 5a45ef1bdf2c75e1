// Where the API server is and what proves to it who we are: in-cluster or by a kubeconfig file, read again for each request.
import { readFileSync } from 'node:fs';
import type { OutgoingHttpHeaders } from 'node:http';
import { Agent, type RequestOptions } from 'node:https';
import { dirname, resolve } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { parse } from 'yaml';
import * as z from 'zod';
import { HeddleError, messageOf } from '../../errors.ts';
import { environmentProxy } from '../environment-proxy.ts';
import { ExecPlugin } from './exec-plugin.ts';

/** A plugin may ask a server of its own. */
const PLUGIN_MS = 30_000;
/** A machine that vanished is noticed this much later: a watch may be silent for minutes. */
const KEEP_ALIVE_MS = 30_000;
const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

const tokenFiles = z.object({
  'current-context': z.string(),
  contexts: z.array(z.object({ name: z.string(), context: z.object({ user: z.string().optional() }) })),
  users: z.array(
    z.object({ name: z.string(), user: z.object({ tokenFile: z.string().optional() }).nullish() }),
  ),
});

interface Credentials {
  /** What they were read from. */
  readonly text: string;
  readonly kubeconfig: KubeConfig;
  readonly tokenFile: string | undefined;
  readonly plugin: ExecPlugin | undefined;
  /** Of the cluster, without a slash at its end. */
  readonly server: string;
}

export interface Access {
  readonly server: string;
  readonly headers: OutgoingHttpHeaders;
  readonly options: RequestOptions;
  /** What proves who we are: `renew` takes it. */
  readonly credentials: object;
}

export class ClusterAccess implements Disposable {
  readonly #file: string | undefined;
  readonly #newConfig: () => KubeConfig;
  readonly #pluginMs: number;
  readonly #agent = new Agent({ keepAlive: true, keepAliveMsecs: KEEP_ALIVE_MS });
  #credentials: Credentials | undefined;
  #server: string;

  private constructor(file: string | undefined, newConfig: () => KubeConfig, pluginMs: number) {
    this.#file = file;
    this.#newConfig = newConfig;
    this.#pluginMs = pluginMs;
    this.#server = this.#read().server;
  }

  /** Without a file: the service account of the pod that this process is. Throws `INVALID_CONFIG`. */
  static async open(file: string | undefined, pluginMs = PLUGIN_MS): Promise<ClusterAccess> {
    // a megabyte that no other source needs; only this file of it, without the model of every Kubernetes object
    const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
    if (file === undefined && process.env['KUBERNETES_SERVICE_HOST'] === undefined)
      throw new HeddleError(
        'INVALID_CONFIG',
        'KUBERNETES_SERVICE_HOST is not set, so this is no pod: write source.kubeconfig',
      );
    return new ClusterAccess(file, () => new KubeConfig(), pluginMs);
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
    this.#credentials?.plugin?.[Symbol.dispose]();
  }

  /** As the last request asked it. */
  get server(): string {
    return this.#server;
  }

  /**
   * The server has refused these: an exec plugin is asked anew before the next request. Watches are refused all at once, and
   * the first of them has renewed for all.
   */
  renew(refused: object): void {
    if (refused === this.#credentials) this.#credentials = undefined;
  }

  /** What the next request needs, as files say it now: CAs, certificates, tokens, the server. Throws when one cannot be read. */
  async requestOptions(): Promise<Access> {
    const credentials = this.#read();
    const { kubeconfig, tokenFile, plugin, server } = credentials;
    this.#server = server;
    const { token, clientCertificateData: cert, clientKeyData: key } = (await plugin?.credential()) ?? {};
    const options: RequestOptions = { headers: {} };
    await kubeconfig.applyToHTTPSOptions(options);
    const headers = {
      ...(options.headers as OutgoingHttpHeaders),
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(tokenFile !== undefined && { Authorization: `Bearer ${readFileSync(tokenFile, 'utf8').trim()}` }),
    };
    // its own agent makes a new connection for each request, but knows the way through a proxy
    const agent = kubeconfig.getCurrentCluster()?.proxyUrl ? options.agent : this.#agent;
    const own = cert === undefined ? {} : { cert, key };
    return { server, headers, options: { ...options, ...own, agent }, credentials };
  }

  /** The same as before while the file says the same: exec plugins keep their tokens there. */
  #read(): Credentials {
    const text = this.#file === undefined ? '' : readKubeconfig(this.#file);
    if (this.#credentials?.text !== text) this.#credentials = this.#parsed(text);
    return this.#credentials;
  }

  #parsed(text: string): Credentials {
    const kubeconfig = this.#newConfig();
    const file = this.#file ?? 'of the service account';
    const tokenFile =
      this.#file === undefined
        ? SERVICE_ACCOUNT_TOKEN
        : attempt(file, () => {
            kubeconfig.loadFromString(text);
            kubeconfig.makePathsAbsolute(dirname(file));
            return tokenFileOf(text, dirname(file));
          });
    if (this.#file === undefined) kubeconfig.loadFromCluster();
    preferData(kubeconfig);
    const plugin = this.#file === undefined ? undefined : takePlugin(kubeconfig, this.#file, this.#pluginMs);
    const server = checkedServer(kubeconfig, file);
    const proxyUrl = environmentProxy(server, process.env);
    if (proxyUrl !== undefined)
      kubeconfig.clusters = kubeconfig.clusters.map(cluster => ({
        ...cluster,
        proxyUrl: cluster.proxyUrl ?? proxyUrl,
      }));
    return { text, kubeconfig, tokenFile, plugin, server };
  }
}

/** Of the current user: KubeConfig's own way of asking it waits for ever, and asks again for each request. */
function takePlugin(config: KubeConfig, kubeconfig: string, timeoutMs: number): ExecPlugin | undefined {
  const exec: unknown = config.getCurrentUser()?.exec;
  config.users = config.users.map(user => ({ ...user, exec: undefined }));
  return exec ? new ExecPlugin({ config: exec, kubeconfig, timeoutMs }) : undefined;
}

/** What is written in the file itself overrides what it names, as with kubectl. */
function preferData(kubeconfig: KubeConfig): void {
  kubeconfig.clusters = kubeconfig.clusters.map(({ caFile, ...cluster }) => ({
    ...cluster,
    ...(caFile !== undefined && !cluster.caData && { caFile }),
  }));
  kubeconfig.users = kubeconfig.users.map(({ certFile, keyFile, ...user }) => ({
    ...user,
    ...(certFile !== undefined && !user.certData && { certFile }),
    ...(keyFile !== undefined && !user.keyData && { keyFile }),
  }));
}

function checkedServer(kubeconfig: KubeConfig, file: string): string {
  const server = kubeconfig.getCurrentCluster()?.server;
  if (server === undefined)
    throw new HeddleError(
      'INVALID_CONFIG',
      `the kubeconfig ${file} has no current-context that names a cluster`,
    );
  if (!server.startsWith('https://'))
    throw new HeddleError('INVALID_CONFIG', `the kubeconfig ${file} has server '${server}': write https://`);
  return server;
}

function readKubeconfig(file: string): string {
  return attempt(file, () => readFileSync(file, 'utf8'));
}

function attempt<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const reason = messageOf(error);
    throw new HeddleError('INVALID_CONFIG', `cannot read the kubeconfig ${file}: ${reason}`, {
      cause: error,
    });
  }
}

/** `tokenFile` of the current user, which KubeConfig does not know; relative to the kubeconfig, as with kubectl. */
function tokenFileOf(text: string, directory: string): string | undefined {
  const read = tokenFiles.safeParse(parse(text));
  if (!read.success) return undefined;
  const { contexts, users } = read.data;
  const context = contexts.find(({ name }) => name === read.data['current-context'])?.context;
  const file = users.find(({ name }) => name === context?.user)?.user?.tokenFile;
  return file === undefined ? undefined : resolve(directory, file);
}
