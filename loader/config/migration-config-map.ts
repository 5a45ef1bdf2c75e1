// The ConfigMap of deploy/kubernetes with settings beside its own: a file to apply, or a patch of a kustomization.
import { stringify } from 'yaml';

/** As deploy/kubernetes/base has them; a unit test compares. */
const BASE = {
  source: { kind: 'kubernetes' },
  cni: { binDir: '/opt/cni/bin', confFile: '/etc/cni/net.d/05-heddle.conflist' },
  metrics: { listen: '127.0.0.1:9469' },
  procSys: '/host/proc/sys',
} as const;

export function migrationConfigMap(settings: object): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'heddle',
      namespace: 'kube-system',
      labels: { 'app.kubernetes.io/name': 'heddle' },
    },
    data: { 'heddled.yaml': stringify({ ...BASE, ...settings }) },
  });
}
