// An exec plugin of a kubeconfig: a program that prints what proves who we are (client.authentication.k8s.io). It is another's
// program: it may hang, wait for a terminal, leave children behind that hold its output, or print anything.
import { spawn, type ChildProcess } from 'node:child_process';
import { dirname, isAbsolute, resolve } from 'node:path';
import * as z from 'zod';
import { HeddleError, messageOf } from '../../errors.ts';
import { oneLine } from '../outage.ts';

export interface ExecPluginOptions {
  /** As it is in the kubeconfig, under `exec`. */
  readonly config: unknown;
  readonly kubeconfig: string;
  /** The plugin is ended when it has not answered by then. */
  readonly timeoutMs: number;
}

const execConfig = z.object({
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  apiVersion: z.string().default('client.authentication.k8s.io/v1'),
});

const execCredential = z.object({
  status: z.object({
    token: z.string().optional(),
    clientCertificateData: z.string().optional(),
    clientKeyData: z.string().optional(),
    expirationTimestamp: z.string().optional(),
  }),
});

export type PluginCredential = z.infer<typeof execCredential>['status'];

/** A token and a certificate have some kilobytes. */
const MAX_BYTES = 1 << 20;
/** How long output is waited for once the plugin itself has ended. */
const LAST_WORDS_MS = 1_000;

export class ExecPlugin implements Disposable {
  readonly #config: z.infer<typeof execConfig>;
  readonly #command: string;
  readonly #timeoutMs: number;
  #credential: PluginCredential | undefined;
  /** One run for all requests that need its answer. */
  #running: Promise<PluginCredential> | undefined;
  /** Of the run under way. */
  #stop: (() => void) | undefined;

  /** Throws `INVALID_CONFIG`. */
  constructor({ config, kubeconfig, timeoutMs }: ExecPluginOptions) {
    const read = execConfig.safeParse(config);
    if (!read.success)
      throw new HeddleError('INVALID_CONFIG', `the kubeconfig ${kubeconfig} has an exec without a command`);
    this.#config = read.data;
    const { command } = read.data;
    const isPath = command.includes('/') && !isAbsolute(command);
    this.#command = isPath ? resolve(dirname(kubeconfig), command) : command; // as with kubectl
    this.#timeoutMs = timeoutMs;
  }

  /** A plugin that runs is ended. */
  [Symbol.dispose](): void {
    this.#stop?.();
  }

  /** Kept until it expires; without a time until the server refuses it, and this object is replaced. Rejects with one sentence. */
  async credential(): Promise<PluginCredential> {
    const { expirationTimestamp } = this.#credential ?? {};
    const isExpired = expirationTimestamp !== undefined && Date.parse(expirationTimestamp) <= Date.now();
    if (this.#credential !== undefined && !isExpired) return this.#credential;
    this.#running ??= this.#ask().finally(() => {
      this.#running = undefined;
      this.#stop = undefined;
    });
    return (this.#credential = await this.#running);
  }

  async #ask(): Promise<PluginCredential> {
    try {
      const read = execCredential.safeParse(JSON.parse(await this.#run()));
      if (read.success) return read.data.status;
    } catch (error) {
      throw this.#failure(error instanceof SyntaxError ? 'its output is no JSON' : messageOf(error));
    }
    throw this.#failure('its output is no ExecCredential with a status');
  }

  #failure(reason: string): Error {
    return new Error(`the exec plugin ${this.#config.command} gives no credential: ${oneLine(reason)}`);
  }

  /** A child of the plugin may hold its output: only the plugin's own end is waited for, and its streams are closed with it. */
  #run(): Promise<string> {
    return new Promise((done, reject) => {
      const plugin = this.#spawn();
      const output = { out: '', error: '' };
      const release = (): void => {
        for (const timer of [limit, late]) clearTimeout(timer);
        for (const stream of [plugin.stdout, plugin.stderr]) stream?.destroy();
      };
      const fail = (reason: string): void => {
        release();
        killAll(plugin);
        reject(new Error(reason));
      };
      const limit = setTimeout(() => fail(`no answer for ${this.#timeoutMs / 1_000} s`), this.#timeoutMs);
      let late: NodeJS.Timeout | undefined;
      const take = (name: keyof typeof output) => (text: string) => {
        output[name] += text;
        if (output[name].length > MAX_BYTES) fail('its output has no end');
      };
      const end = (code: number | null): void => {
        release();
        if (code === 0) done(output.out);
        else reject(new Error(output.error || `it ended with ${code ?? 'a signal'}`));
      };
      this.#stop = () => fail('stopped');
      plugin.on('error', error => fail(error.message)); // first: without descriptors there are no streams
      plugin.stdout?.setEncoding('utf8').on('data', take('out'));
      plugin.stderr?.setEncoding('utf8').on('data', take('error'));
      plugin.on('exit', code => (late = setTimeout(() => end(code), LAST_WORDS_MS)));
      plugin.on('close', end);
    });
  }

  #spawn(): ChildProcess {
    const { args, env, apiVersion } = this.#config;
    const info = { apiVersion, kind: 'ExecCredential', spec: { interactive: false } };
    return spawn(this.#command, args ?? [], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true, // a process group, which is ended as a whole
      env: {
        ...process.env,
        ...Object.fromEntries((env ?? []).map(({ name, value }) => [name, value])),
        KUBERNETES_EXEC_INFO: JSON.stringify(info),
      },
    });
  }
}

/** With its children. Nothing is left of one that was never started, and the pid of one that has ended may be another's. */
function killAll({ pid, exitCode, signalCode }: ChildProcess): void {
  try {
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
