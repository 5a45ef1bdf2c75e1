// Where the names of objects come from that may stand for an argument or an option's value.
import { Argument, type Option } from 'commander';
import { findLab, listLabs } from '../../../lab/registry.ts';
import { API } from '../../../loader/api/client.ts';
import { askDaemonIfAnswering } from '../invocation/ask-daemon.ts';
import { VERDICT_WORDS } from '../events/monitor-filter.ts';
import { kindNamed, kindWords } from '../invocation/kind-words.ts';
import { resolveTarget, type Target } from '../invocation/target.ts';
import { readNames } from '../tables/names.ts';
import type { TypedLine } from './typed-line.ts';

export type NameSource = 'files' | (() => Promise<readonly string[]>);

const FILES: ReadonlySet<string> = new Set([
  'path',
  'file',
  'net-conf.json',
  'config',
  'pin-root',
  'cni-dir',
]);
const PODS: ReadonlySet<string> = new Set(['pod', 'endpoint', 'from', 'to']);

/** Undefined: nothing is known of its values. Sources reject where nothing can be read. */
export function nameSource(declared: Option | Argument, typed: TypedLine): NameSource | undefined {
  const name = declared instanceof Argument ? declared.name() : (declared.long ?? '').replace(/^--/, '');
  if (FILES.has(name)) return 'files';
  if (PODS.has(name)) return () => pods(typed);
  if (name === 'lab') return () => Promise.resolve(labs());
  if (name === 'node') return () => Promise.resolve(nodes(typed));
  if (name === 'verdict') return () => Promise.resolve(VERDICT_WORDS);
  if (name === 'kind') return () => Promise.resolve(kindWords);
  if (name === 'namespace') return async () => (await pods(typed)).map(pod => pod.split('/')[0] ?? '');
  if (name === 'where') return () => Promise.resolve(places(typed));
  if (name !== 'name') return undefined;
  return typed.command.parent?.name() === 'lab' ? () => Promise.resolve(labs()) : () => policies(typed);
}

function targetOf({ values }: TypedLine): Target {
  const named = { config: values.get('config'), pinRoot: values.get('pin-root'), lab: values.get('lab') };
  const node = values.get('node');
  const given = Object.entries({ ...named, node }).filter(([, value]) => value !== undefined);
  return resolveTarget(Object.fromEntries(given));
}

async function pods(typed: TypedLine): Promise<string[]> {
  const { pods } = await readNames(targetOf(typed));
  return [...pods.values()];
}

function labs(): string[] {
  return listLabs().map(({ options }) => options.name);
}

function labsMeant({ values }: TypedLine) {
  const named = values.get('lab');
  const found = named === undefined ? undefined : findLab(named);
  return found === undefined ? listLabs() : [found];
}

function nodes(typed: TypedLine): string[] {
  return labsMeant(typed).flatMap(lab => lab.nodes.map(({ name }) => name));
}

function places(typed: TypedLine): string[] {
  const pods = labsMeant(typed).flatMap(lab => lab.pods.map(({ name }) => name));
  return [...pods, ...nodes(typed), 'outside', 'fabric'];
}

/** Of the kind that stands before. */
async function policies(typed: TypedLine): Promise<string[]> {
  const kind = kindNamed(typed.positional[0] ?? '');
  const reply = await askDaemonIfAnswering(targetOf(typed), API.policy.listPolicies, {});
  return (reply?.policies ?? [])
    .filter(policy => policy.kind === kind)
    .map(({ namespace, name }) => (namespace ? `${namespace}/${name ?? ''}` : (name ?? '')));
}
