// Writes what deploy/ has twice from its one source: the plain manifest and the Helm chart from the kustomize base, and the
// version from package.json.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION } from '../loader/version.ts';
import { chartTemplate } from './deploy/helm-chart.ts';
import { plainManifest } from './deploy/plain-manifest.ts';
import { prometheusRule } from './deploy/prometheus-rule.ts';

const BASE = 'deploy/kubernetes/base';
const CHART = 'deploy/helm/heddle';
const PLAIN_HEADER = `# Heddle on every node of a cluster: kubectl apply -f deploy/kubernetes/heddle.yaml
# Generated from deploy/kubernetes/base by scripts/gen-deploy.ts; \`make gen\` writes it anew. docs/install.md has the rest.
`;
/** A version stands in each of these once or more often. */
const VERSIONED: readonly (readonly [file: string, pattern: RegExp])[] = [
  [join(BASE, 'kustomization.yaml'), /(newTag: ).*/],
  ['deploy/kubernetes/overlays/from-flannel/kustomization.yaml', /(newTag: ).*/],
  ['deploy/image/Containerfile', /((?:VERSION=|heddle:))\d+\.\d+\.\d+/g],
  ['deploy/kubernetes/uninstall.yaml', /(image: heddle:).*/g],
  [join(CHART, 'Chart.yaml'), /((?:version|appVersion): ).*/g],
  [join(CHART, 'values.yaml'), /( tag: ).*/],
];

for (const [file, pattern] of VERSIONED)
  writeFileSync(file, readFileSync(file, 'utf8').replace(pattern, `$1${VERSION}`));
writeFileSync(
  'deploy/kubernetes/overlays/monitoring/alerts.yaml',
  prometheusRule('deploy/prometheus/alerts.yaml'),
);
writeFileSync('deploy/kubernetes/heddle.yaml', PLAIN_HEADER + plainManifest(BASE));
for (const file of ['service-account.yaml', 'rbac.yaml', 'config.yaml', 'daemonset.yaml'])
  writeFileSync(join(CHART, 'templates', file), chartTemplate(BASE, file));
