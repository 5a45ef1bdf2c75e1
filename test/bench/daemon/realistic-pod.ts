// A pod as an API server has it: about 7 KB of JSON, most of which no node network reads, and ids that do not compress.
import { createHash } from 'node:crypto';
import type { ClusterDocument } from './cluster-manifests.ts';

export interface PodPlace {
  readonly name: string;
  readonly namespace: string;
  readonly app: string;
  readonly nodeName: string;
  readonly hostAddress: string;
  readonly address: string;
}

const CREATED = '2026-01-02T03:04:05Z';

export function realisticPod(place: PodPlace): ClusterDocument {
  const { name, namespace, app, nodeName } = place;
  const owner = name.slice(0, name.lastIndexOf('-'));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...{ name, namespace, uid: uuidOf(name), creationTimestamp: CREATED, generateName: `${owner}-` },
      labels: { app, 'app.kubernetes.io/part-of': 'shop', 'pod-template-hash': idOf(owner, 10) },
      annotations: {
        'prometheus.io/scrape': 'true',
        'kubectl.kubernetes.io/restartedAt': CREATED,
        'checksum/config': idOf(`${name} config`, 64),
      },
      ownerReferences: [
        {
          ...{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: uuidOf(owner) },
          ...{ controller: true, blockOwnerDeletion: true },
        },
      ],
      managedFields: [
        managedBy('kube-controller-manager', '', SET_BY_CONTROLLER),
        managedBy('kubelet', 'status', SET_BY_KUBELET),
      ],
    },
    spec: specOf(app, nodeName),
    status: statusOf(place),
  };
}

function specOf(app: string, nodeName: string): object {
  const mounts = [
    { name: 'config', mountPath: '/etc/app', readOnly: true },
    { name: 'cache', mountPath: '/var/cache/app' },
    { name: 'token', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true },
  ];
  return {
    ...{ nodeName, serviceAccountName: app, serviceAccount: app, restartPolicy: 'Always' },
    ...{ dnsPolicy: 'ClusterFirst', schedulerName: 'default-scheduler', priority: 0 },
    ...{
      terminationGracePeriodSeconds: 30,
      enableServiceLinks: true,
      securityContext: { runAsNonRoot: true },
    },
    preemptionPolicy: 'PreemptLowerPriority',
    containers: ['main', 'proxy'].map(name => ({
      ...{ name, image: imageOf(app, name), imagePullPolicy: 'IfNotPresent', volumeMounts: mounts },
      ports: [{ name: `${name}-http`, containerPort: name === 'main' ? 8_080 : 9_090, protocol: 'TCP' }],
      env: [
        { name: 'LOG_LEVEL', value: 'info' },
        { name: 'POD_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
        { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: `${app}-credentials`, key: 'password' } } },
      ],
      resources: { limits: { cpu: '1', memory: '512Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
      livenessProbe: probe('/healthz'),
      readinessProbe: probe('/ready'),
      ...{ terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' },
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    })),
    volumes: [
      { name: 'config', configMap: { name: `${app}-config`, defaultMode: 420 } },
      { name: 'cache', emptyDir: {} },
      { name: 'token', projected: { defaultMode: 420, sources: TOKEN_SOURCES } },
    ],
    tolerations: ['not-ready', 'unreachable'].map(condition => ({
      ...{ key: `node.kubernetes.io/${condition}`, operator: 'Exists' },
      ...{ effect: 'NoExecute', tolerationSeconds: 300 },
    })),
  };
}

function statusOf({ name, app, hostAddress, address }: PodPlace): object {
  const conditions = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'];
  return {
    phase: 'Running',
    conditions: conditions.map(type => ({
      ...{ type, status: 'True', lastProbeTime: null, lastTransitionTime: CREATED, observedGeneration: 1 },
    })),
    ...{ hostIP: hostAddress, hostIPs: [{ ip: hostAddress }], podIP: address, podIPs: [{ ip: address }] },
    ...{ startTime: CREATED, qosClass: 'Burstable' },
    containerStatuses: ['main', 'proxy'].map(container => ({
      ...{ name: container, image: imageOf(app, container), ready: true, started: true, restartCount: 0 },
      state: { running: { startedAt: CREATED } },
      lastState: {},
      imageID: `registry.example/${app}/${container}@sha256:${idOf(`${app} ${container}`, 64)}`,
      containerID: `containerd://${idOf(`${name} ${container}`, 64)}`,
    })),
  };
}

const TOKEN_SOURCES = [
  { serviceAccountToken: { expirationSeconds: 3_607, path: 'token' } },
  { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
  { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
];

/** Paths below `f:`, as server-side apply notes them: the larger half of many objects. */
const SET_BY_CONTROLLER = {
  'f:metadata': { 'f:generateName': {}, 'f:labels': { '.': {}, 'f:app': {}, 'f:pod-template-hash': {} } },
  'f:spec': Object.fromEntries(
    [
      'containers',
      'dnsPolicy',
      'restartPolicy',
      'schedulerName',
      'volumes',
      'tolerations',
      'serviceAccount',
    ].map(field => [
      `f:${field}`,
      { '.': {}, 'f:name': {}, 'f:image': {}, 'f:resources': { 'f:limits': {} } },
    ]),
  ),
};
const SET_BY_KUBELET = {
  'f:status': Object.fromEntries(
    ['conditions', 'containerStatuses', 'hostIP', 'hostIPs', 'phase', 'podIP', 'podIPs', 'startTime'].map(
      field => [`f:${field}`, { '.': {}, 'f:lastTransitionTime': {}, 'f:status': {}, 'f:type': {} }],
    ),
  ),
};

function managedBy(manager: string, subresource: string, fieldsV1: object): object {
  const common = { manager, operation: 'Update', apiVersion: 'v1', time: CREATED, fieldsType: 'FieldsV1' };
  return { ...common, fieldsV1, ...(subresource !== '' && { subresource }) };
}

function probe(path: string): object {
  const timing = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
  return { httpGet: { path, port: 'main-http', scheme: 'HTTP' }, initialDelaySeconds: 5, ...timing };
}

function imageOf(app: string, container: string): string {
  return `registry.example/${app}/${container}:1.27.3`;
}

function idOf(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}

function uuidOf(text: string): string {
  const id = idOf(text, 32);
  return [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join('-');
}
