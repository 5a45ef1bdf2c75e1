// The Kubernetes objects of the connectivity test: two pods and the node itself on every node, a Service for each first pod.
import { ECHO_PORT, STREAM_PORT } from '../../../loader/connectivity/attempts.ts';
import { ECHO_SERVER } from '../../../loader/connectivity/programs.ts';

export interface TestedNode {
  readonly name: string;
  /** Of its objects: a node's name may be longer than a label. */
  readonly number: number;
}

export type HostRole = 'first' | 'second' | 'node';

const ROLES: readonly HostRole[] = ['first', 'second', 'node'];
export const ROLE_LABEL = 'heddle.dev/connectivity-role';
const APP_LABEL = 'app';
const POLICY = 'connectivity';

export function namespaceObject(namespace: string): object {
  // The node's own namespace is a privilege to Pod Security.
  const labels = { 'pod-security.kubernetes.io/enforce': 'privileged' };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } };
}

export function hostObjects(namespace: string, image: string, nodes: readonly TestedNode[]): object[] {
  return nodes.flatMap(node => [
    ...ROLES.map(role => podObject(namespace, image, node, role)),
    serviceObject(namespace, node),
  ]);
}

/** The name, and the label by which policies select it. */
export function podName({ number }: TestedNode, role: HostRole): string {
  return `${role}-${number}`;
}

export function selectorOf(name: string): object {
  return { matchLabels: { [APP_LABEL]: name } };
}

export function policyObject(namespace: string, spec: object): object {
  const metadata = { name: POLICY, namespace };
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec };
}

export const policyName = `networkpolicy/${POLICY}`;

function podObject(namespace: string, image: string, node: TestedNode, role: HostRole): object {
  const name = podName(node, role);
  const command = ['node', '-e', ECHO_SERVER, String(ECHO_PORT), String(STREAM_PORT)];
  const tcpSocket = { port: ECHO_PORT };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { [APP_LABEL]: name, [ROLE_LABEL]: role } },
    spec: {
      nodeName: node.name,
      hostNetwork: role === 'node',
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      tolerations: [{ operator: 'Exists' }],
      containers: [{ name: 'echo', image, command, readinessProbe: { tcpSocket, periodSeconds: 2 } }],
    },
  };
}

function serviceObject(namespace: string, node: TestedNode): object {
  const name = podName(node, 'first');
  const ports = ['TCP', 'UDP'].map(protocol => ({
    ...{ name: protocol.toLowerCase(), protocol, port: ECHO_PORT },
  }));
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: {
      ...{ type: 'NodePort', ipFamilyPolicy: 'PreferDualStack', selector: { [APP_LABEL]: name }, ports },
    },
  };
}
