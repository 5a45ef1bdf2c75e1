// Debian's Prometheus with the configuration that Heddle ships, in a namespace of a lab.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { mustExec } from './lab.ts';
import { until } from './until.ts';

interface Test {
  teardown(undo: () => unknown): void;
}

/** An entry of a file below targets/. */
export interface Target {
  readonly targets: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  /** Unix seconds, and the number as text. */
  readonly value: readonly [number, string];
}

export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
}

export interface Prometheus {
  /** The samples of each expression now, in the order asked. */
  query(...expressions: readonly string[]): Promise<readonly (readonly Sample[])[]>;
  alerts(): Promise<readonly Alert[]>;
}

export const SHIPPED = 'deploy/prometheus';
const API = '127.0.0.1:9090';
const ASK = `Promise.all(process.argv.slice(1).map(path => fetch('http://${API}/api/v1/' + path).then(answer => answer.json())))
  .then(answers => console.log(JSON.stringify(answers)))`;

/**
 * Runs it with `deploy/prometheus` as it is, but for intervals of a second. Resolves when it answers; it is killed, and its
 * data removed, with the test.
 */
export async function startPrometheus(
  t: Test,
  netns: string,
  targets: readonly Target[],
): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-prometheus-'));
  const config = configured(folder, targets);
  const child = spawn(
    'nsenter',
    [
      ...[`--net=${netns}`, 'prometheus', `--config.file=${config}`, `--web.listen-address=${API}`],
      ...[`--storage.tsdb.path=${join(folder, 'data')}`, '--log.level=error'],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const exited = once(child, 'exit');
  t.teardown(async () => {
    child.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  });
  const ask = async (...paths: readonly string[]): Promise<readonly unknown[]> =>
    JSON.parse(await mustExec({ netns }, process.execPath, '-e', ASK, ...paths)) as unknown[];
  if (!(await until(async () => (await ask('query?query=1')).length === 1)))
    throw new Error('prometheus does not answer');
  return { query: (...expressions) => query(ask, expressions), alerts: () => alerts(ask) };
}

/** A copy of the shipped folder with targets of its own; the path of its configuration. */
function configured(folder: string, targets: readonly Target[]): string {
  cpSync(SHIPPED, folder, { recursive: true });
  const config = join(folder, 'prometheus.yaml');
  writeFileSync(config, readFileSync(config, 'utf8').replace(/(_interval:) \d+s/g, '$1 1s'));
  mkdirSync(join(folder, 'targets'));
  writeFileSync(join(folder, 'targets/lab.yaml'), stringify(targets));
  return config;
}

type Ask = (...paths: readonly string[]) => Promise<readonly unknown[]>;

async function query(ask: Ask, expressions: readonly string[]): Promise<readonly (readonly Sample[])[]> {
  const answers = await ask(
    ...expressions.map(expression => `query?query=${encodeURIComponent(expression)}`),
  );
  return answers.map((answer, i) => {
    const { status, error, data } = answer as {
      readonly status: string;
      readonly error?: string;
      readonly data?: { readonly result: readonly Sample[] };
    };
    if (status !== 'success' || data === undefined)
      throw new Error(`${expressions[i] ?? ''}: ${error ?? ''}`);
    return data.result;
  });
}

async function alerts(ask: Ask): Promise<readonly Alert[]> {
  const [answer] = await ask('alerts');
  return (answer as { readonly data: { readonly alerts: readonly Alert[] } }).data.alerts;
}
