// The kustomize base as templates of a Helm chart: the same text, with a value where an installation may differ.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A piece of a base's file that stands there as often as it is named, and what the chart has in its place. */
interface Value {
  readonly file: string;
  readonly text: string;
  readonly template: string;
}

const NAMESPACE = 'namespace: kube-system';

const VALUES: readonly Value[] = [
  ...['service-account.yaml', 'config.yaml', 'daemonset.yaml', 'rbac.yaml'].map(file => ({
    ...{ file, text: NAMESPACE, template: 'namespace: {{ .Values.namespace }}' },
  })),
  {
    file: 'daemonset.yaml',
    text: 'image: heddle\n',
    template: 'image: "{{ .Values.image.name }}:{{ .Values.image.tag }}"\n',
  },
  {
    file: 'daemonset.yaml',
    text: '        kubernetes.io/os: linux\n',
    template: `        kubernetes.io/os: linux
{{- range $name, $value := .Values.nodeSelector }}
        {{ $name }}: {{ toYaml $value }}
{{- end }}
`,
  },
  {
    file: 'daemonset.yaml',
    text: `                  fieldPath: spec.nodeName
`,
    template: `                  fieldPath: spec.nodeName
{{- range $name, $value := .Values.env }}
            - name: {{ $name }}
              value: {{ toYaml $value }}
{{- end }}
`,
  },
  { file: 'daemonset.yaml', text: 'cpu: 50m', template: 'cpu: {{ toYaml .Values.resources.cpu }}' },
  {
    file: 'daemonset.yaml',
    text: 'memory: 288Mi',
    template: 'memory: {{ toYaml .Values.resources.memory }}',
  },
  {
    file: 'daemonset.yaml',
    text: 'maxUnavailable: 10%',
    template: 'maxUnavailable: {{ toYaml .Values.maxUnavailable }}',
  },
  {
    file: 'daemonset.yaml',
    text: 'hostPath: { path: /opt/cni/bin,',
    template: 'hostPath: { path: {{ toYaml .Values.cni.binDir }},',
  },
  {
    file: 'daemonset.yaml',
    text: 'hostPath: { path: /etc/cni/net.d,',
    template: 'hostPath: { path: {{ toYaml .Values.cni.confDir }},',
  },
];

const HEADER =
  '# Generated from deploy/kubernetes/base by scripts/gen-deploy.ts; `make gen` writes it anew.\n';

/** Text of the chart's template for one of the base's files. Throws if a piece is not there. */
export function chartTemplate(baseFolder: string, file: string): string {
  let text = readFileSync(join(baseFolder, file), 'utf8');
  for (const { text: piece, template } of VALUES.filter(value => value.file === file)) {
    if (!text.includes(piece))
      throw new Error(`${file} has no '${piece}': mend scripts/deploy/helm-chart.ts`);
    text = text.replaceAll(piece, template);
  }
  return HEADER + text;
}
