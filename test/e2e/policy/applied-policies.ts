// The policies that heddlectl applies in its test.

export const NO_SSH = {
  ...{ apiVersion: 'policy.networking.k8s.io/v1alpha2', kind: 'ClusterNetworkPolicy' },
  metadata: { name: 'no-ssh' },
  spec: {
    ...{ tier: 'Admin', priority: 7, subject: { namespaces: {} } },
    ingress: [
      {
        ...{ name: 'ssh', action: 'Deny', from: [{ namespaces: {} }] },
        protocols: [{ tcp: { destinationPort: { number: 22 } } }],
      },
    ],
  },
};
export const NO_METADATA = {
  ...{ apiVersion: 'policy.networking.k8s.io/v1alpha2', kind: 'ClusterNetworkPolicy' },
  metadata: { name: 'no-metadata' },
  spec: {
    ...{ tier: 'Admin', priority: 8, subject: { namespaces: {} } },
    egress: [{ action: 'Deny', to: [{ networks: ['169.254.169.254/32'] }] }],
  },
};
export const WEB = {
  ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
  metadata: { name: 'web', namespace: 'lab' },
  spec: {
    ...{ podSelector: {}, policyTypes: ['Ingress'] },
    ingress: [{ from: [{ podSelector: {} }], ports: [{ protocol: 'TCP', port: 80 }] }],
  },
};
