// The alerts as the Prometheus operator's kind of object.
import { readFileSync } from 'node:fs';

const HEADER = `# Generated from deploy/prometheus/alerts.yaml by scripts/gen-deploy.ts; \`make gen\` writes it anew.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: heddle
  namespace: kube-system
spec:
`;

/** The file's groups, indented. */
export function prometheusRule(alerts: string): string {
  const groups = readFileSync(alerts, 'utf8').replace(/^(#.*\n)+/, '');
  return HEADER + groups.replaceAll(/^(?=.)/gm, '  ');
}
