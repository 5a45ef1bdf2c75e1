// What a daemon tells of its readiness, everywhere that it tells it: all of these are to say the same.
import { askStatus, type DaemonStatus } from '../../loader/api/status-client.ts';
import { runPlugin, type PluginError } from '../e2e/cni-plugin/plugin.ts';
import { heddlectl } from './heddlectl.ts';
import type { StandInApiServer } from './api-server/api-server.ts';

export interface ToldBy {
  readonly socket: string;
  readonly configFile: string;
  /** `http://address:port` of the metrics. */
  readonly metrics: string;
  readonly server: StandInApiServer;
  readonly nodeName: string;
}

export interface Told {
  /** Undefined: the socket does not answer. */
  readonly status: DaemonStatus | undefined;
  readonly heddlectl: string;
  readonly readyz: { readonly code: number; readonly text: string };
  readonly healthz: number;
  /** Names of conditions that do not hold, and `heddle_ready`. */
  readonly metrics: { readonly unmet: readonly string[]; readonly ready: string | undefined };
  /** Of CNI STATUS; undefined: it succeeded. */
  readonly cni: PluginError | undefined;
  readonly condition: { readonly status?: string; readonly reason?: string; readonly message?: string };
  readonly isTainted: boolean;
}

export async function toldBy(node: ToldBy): Promise<Told> {
  const [readyz, healthz, metrics] = await Promise.all(
    ['readyz', 'healthz', 'metrics'].map(async path => {
      const response = await fetch(`${node.metrics}/${path}`);
      return { code: response.status, text: await response.text() };
    }),
  );
  const { stdout } = await runPlugin(
    { CNI_COMMAND: 'STATUS', CNI_PATH: '/opt/cni/bin' },
    JSON.stringify({ cniVersion: '1.1.0', name: 'heddle', type: 'heddle-cni', socket: node.socket }),
  );
  return {
    status: await askStatus(node.socket),
    heddlectl: (await heddlectl('--config', node.configFile, 'status')).stdout,
    readyz: readyz ?? { code: 0, text: '' },
    healthz: healthz?.code ?? 0,
    metrics: metricsOf(metrics?.text ?? ''),
    cni: stdout.trim() === '' ? undefined : (JSON.parse(stdout) as PluginError),
    ...nodeOf(node),
  };
}

function metricsOf(text: string): Told['metrics'] {
  const unmet = [...text.matchAll(/^heddle_condition\{condition="([a-z-]+)"\} 0$/gm)];
  return { unmet: unmet.map(match => match[1] ?? ''), ready: /^heddle_ready ([01])$/m.exec(text)?.[1] };
}

function nodeOf({ server, nodeName }: ToldBy): Pick<Told, 'condition' | 'isTainted'> {
  const node = server.collections.get('/api/v1/nodes', nodeName) as
    | {
        readonly spec?: { readonly taints?: readonly { readonly key: string }[] };
        readonly status?: {
          readonly conditions?: readonly (Told['condition'] & { readonly type: string })[];
        };
      }
    | undefined;
  return {
    condition: node?.status?.conditions?.find(({ type }) => type === 'NetworkUnavailable') ?? {},
    isTainted: node?.spec?.taints?.some(({ key }) => key === 'heddle.dev/not-ready') === true,
  };
}

/** A sentence for each place that says another thing than the others. `isOnNode`: the Node object is one of them. */
export function contradictions(told: Told, isOnNode: boolean): string[] {
  const unmet = told.status?.unmet ?? [];
  const sentences = unmet.map(({ reason, cure }) => (cure ? `${reason ?? ''}: ${cure}` : (reason ?? '')));
  const isReady = unmet.length === 0;
  const code = unmet.some(({ limitsRunningPods }) => limitsRunningPods === true) ? 51 : 50;
  const claims: Readonly<Record<string, boolean>> = {
    'the socket answers': told.status !== undefined,
    'status says ready': told.status?.ready === isReady,
    'each is among the problems': sentences.every(one => told.status?.problems.includes(one)),
    'heddlectl says ready': isReady === !told.heddlectl.includes('not ready'),
    'heddlectl has the sentences': sentences.every(one => told.heddlectl.includes(one)),
    '/readyz answers so': told.readyz.code === (isReady ? 200 : 503),
    '/readyz has the sentences': isReady || told.readyz.text === `${sentences.join('\n')}\n`,
    '/healthz is ok': told.healthz === 200,
    heddle_ready: told.metrics.ready === (isReady ? '1' : '0'),
    heddle_condition: told.metrics.unmet.join() === unmet.map(({ name }) => name).join(),
    STATUS: isReady ? told.cni === undefined : told.cni?.code === code,
    'STATUS has the sentences': isReady || told.cni?.msg === sentences.join('; '),
    ...(isOnNode && {
      "the Node's condition": told.condition.status === (isReady ? 'False' : 'True'),
      "the condition's message": isReady || told.condition.message === sentences.join('; '),
      "the Node's taint": told.isTainted === !isReady,
    }),
  };
  return Object.entries(claims).flatMap(([claim, holds]) => (holds ? [] : [claim]));
}
