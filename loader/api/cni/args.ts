// CNI_ARGS: the pod of the container, as Kubernetes' runtimes pass it.
import type { PodReference } from './attacher.ts';
import { CNI_CODE, CniError } from './error.ts';

const KNOWN_KEYS = new Set([
  'IgnoreUnknown',
  'K8S_POD_NAMESPACE',
  'K8S_POD_NAME',
  'K8S_POD_UID',
  'K8S_POD_INFRA_CONTAINER_ID',
]);
/** RFC 1123 label: the name of a namespace. */
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** RFC 1123 subdomain of at most 253 characters: the name of a pod. */
const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
/** A UUID from the API server, or the kubelet's hash of a static pod. */
const UID = /^[A-Za-z0-9-]{1,64}$/;

/** The pod named in `text`; undefined for a container that is not a pod. */
export function podFromArgs(text: string): PodReference | undefined {
  const args = parseArgs(text);
  const name = args.get('K8S_POD_NAME') ?? '';
  const namespace = args.get('K8S_POD_NAMESPACE') ?? '';
  const uid = args.get('K8S_POD_UID') ?? '';
  // Podman passes a container's name, with underscores, as K8S_POD_NAME without a namespace. There is no Pod object for it.
  if (name === '' || namespace === '') return undefined;
  requireForm('K8S_POD_NAME', name, SUBDOMAIN);
  requireForm('K8S_POD_NAMESPACE', namespace, LABEL);
  if (uid !== '') requireForm('K8S_POD_UID', uid, UID);
  return { namespace, name, ...(uid === '' ? {} : { uid }) };
}

function parseArgs(text: string): ReadonlyMap<string, string> {
  const args = new Map<string, string>();
  for (const pair of text.split(';')) {
    if (pair === '') continue;
    const [key = '', value, rest] = pair.split('=');
    if (key === '' || value === undefined || rest !== undefined) refuse(`'${pair}' is not KEY=VALUE`);
    args.set(key, value);
  }
  if (!ignoresUnknown(args)) {
    const unknown = [...args.keys()].filter(key => !KNOWN_KEYS.has(key));
    if (unknown.length > 0) refuse(`unknown keys ${unknown.join(', ')}, and IgnoreUnknown is not set`);
  }
  return args;
}

function ignoresUnknown(args: ReadonlyMap<string, string>): boolean {
  const value = args.get('IgnoreUnknown')?.toLowerCase();
  return value === '1' || value === 'true';
}

function requireForm(key: string, value: string, form: RegExp): void {
  if (!form.test(value)) refuse(`${key} '${value}' is not a valid value`);
}

function refuse(problem: string): never {
  throw new CniError(CNI_CODE.invalidEnvironment, `CNI_ARGS: ${problem}`);
}
