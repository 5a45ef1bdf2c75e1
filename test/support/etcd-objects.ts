// Objects as an operator writes them into etcd.

export function namespaceKey(name: string): string {
  return `/heddle/objects/Namespace/${name}`;
}

export function namespaceText(name: string): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
}
