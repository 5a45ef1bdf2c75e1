// What 'migrate flannel' is given: the configuration and the Nodes, or a sentence that names the file, what it is, and what is
// expected. Neither is Heddle's, so nothing else is asked of them.
import * as z from 'zod';
import { foreignFile, type ForeignFile } from '../invocation/foreign-file.ts';
import { nameOf } from '../invocation/manifest-documents.ts';
import { UsageError } from '../invocation/usage-error.ts';

const NET_CONF = 'net-conf.json';
const CONFIGURATION = `flannel's ${NET_CONF}, or the ConfigMap that has it (kube-flannel-cfg; Canal's is canal-config)`;
const NODES = "what 'kubectl get nodes -o json' prints";
/** Any of them, and it is meant as a net-conf.json. */
const MEMBERS = [
  'Network',
  'IPv6Network',
  'EnableIPv4',
  'EnableIPv6',
  'SubnetLen',
  'SubnetMin',
  'SubnetMax',
  'Backend',
];

const configMap = z.object({
  kind: z.literal('ConfigMap'),
  data: z.looseObject({ [NET_CONF]: z.string() }),
});
const list = z.object({ items: z.array(z.unknown()) });
const ofKind = z.object({ kind: z.string() });

/** The text of the net-conf.json; of several documents (flannel's whole manifest) the ConfigMap's. */
export function netConfIn(path: string): string {
  const file = foreignFile(path, CONFIGURATION);
  const documents = file.documents.flatMap(itemsOf);
  const found = documents.flatMap(each => configMap.safeParse(each).data?.data[NET_CONF] ?? []);
  const [text] = found;
  if (text !== undefined) return text;
  const conf = documents.find(isNetConf);
  if (conf !== undefined) return JSON.stringify(conf);
  throw unexpected(path, whatIs(file, documents), CONFIGURATION);
}

export function nodeDocumentsIn(path: string): readonly unknown[] {
  const file = foreignFile(path, NODES);
  const documents = file.documents.flatMap(itemsOf);
  if (documents.some(each => ofKind.safeParse(each).data?.kind === 'Node')) return file.documents;
  throw unexpected(path, whatIs(file, documents), NODES);
}

function unexpected(path: string, what: string, expected: string): UsageError {
  return new UsageError(`file '${nameOf(path)}' is ${what}: expected is ${expected}`);
}

/** What kubectl prints of several objects. */
function itemsOf(document: unknown): readonly unknown[] {
  return list.safeParse(document).data?.items ?? [document];
}

function isNetConf(document: unknown): boolean {
  return isObject(document) && !('kind' in document) && MEMBERS.some(name => name in document);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Goes on after 'is'. */
function whatIs({ text }: ForeignFile, documents: readonly unknown[]): string {
  if (/^FLANNEL_\w+=/m.test(text)) return "flannel's subnet.env, which is of one node";
  const [first] = documents;
  if (first === undefined) return 'a List without an object';
  if (Array.isArray(first)) return 'a list of values';
  if (!isObject(first)) return 'plain text';
  const kinds = documents.flatMap(each => ofKind.safeParse(each).data?.kind ?? []);
  const known = [...new Set(kinds)].join(', ');
  if (kinds.includes('ConfigMap')) return `a ConfigMap without ${NET_CONF}`;
  if (kinds.length > 0) return `of kind ${known}`;
  if ('cniVersion' in first || 'plugins' in first) return 'a network configuration of CNI';
  if (isNetConf(first)) return `flannel's ${NET_CONF}`;
  return `an object of ${Object.keys(first).slice(0, 5).join(', ') || 'nothing'}`;
}
