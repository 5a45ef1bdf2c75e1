// Commands for people, as they work where the daemon runs: a service of the node, or a pod in a cluster.
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Mounted into every pod that has a service account. */
const NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';
/** deploy/kubernetes/heddle.yaml */
const POD_LABEL = 'app.kubernetes.io/name=heddle';

/** Where the daemon runs. */
export type Surroundings =
  { readonly kind: 'service' } | { readonly kind: 'pod'; readonly namespace: string; readonly node: string };

export interface Advice {
  /** Prints the daemon's log. */
  readonly log: string;
  readonly restart: string;
  /** heddlectl, up to its first argument. */
  readonly heddlectl: string;
}

export function adviceFor(where: Surroundings): Advice {
  if (where.kind === 'service')
    return { log: 'journalctl -u heddled', restart: 'systemctl restart heddled', heddlectl: 'heddlectl' };
  const kubectl = `kubectl -n ${where.namespace}`;
  const ours = `-l ${POD_LABEL} --field-selector spec.nodeName=${where.node}`;
  const pod = `$(${kubectl} get pods -o name ${ours})`; // its name changes with each update
  return {
    log: `${kubectl} logs ${pod}`,
    restart: `${kubectl} delete pods ${ours}`,
    heddlectl: `${kubectl} exec ${pod} -- heddlectl`,
  };
}

export function surroundings(env: NodeJS.ProcessEnv = process.env): Surroundings {
  if (env['KUBERNETES_SERVICE_HOST'] === undefined || !existsSync(NAMESPACE_FILE)) return { kind: 'service' };
  const namespace = readFileSync(NAMESPACE_FILE, 'utf8').trim();
  return { kind: 'pod', namespace, node: env['HEDDLE_NODE_NAME'] ?? hostname() };
}
