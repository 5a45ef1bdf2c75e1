// Named ports: the names that rules use, and the numbers that a pod gives them.
import type { ContainerPort } from '../model/objects.ts';
import type { PortMatch, PortProtocol } from '../model/policies.ts';
import type { ProtocolPorts } from './first-match.ts';

export interface NamedPort {
  readonly name: string;
  readonly protocol: PortProtocol;
  readonly number: number;
}

export type PortNameUse = Extract<PortMatch, { readonly kind: 'named' }>;

export function usedNames(ports: readonly PortMatch[] | 'all'): readonly PortNameUse[] {
  return ports === 'all' ? [] : ports.filter(port => port.kind === 'named');
}

/** Sorted, without duplicates. */
export function namedPorts(ports: readonly ContainerPort[]): readonly NamedPort[] {
  const byKey = new Map<string, NamedPort>();
  for (const { name, protocol, number } of ports)
    if (name !== undefined) byKey.set(`${name}/${protocol}/${number}`, { name, protocol, number });
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, port]) => port);
}

export function portsKey(ports: readonly NamedPort[]): string {
  return ports.map(({ name, protocol, number }) => `${name}/${protocol}/${number}`).join(' ');
}

export function isUsed(port: NamedPort, { name, protocol }: PortNameUse): boolean {
  return port.name === name && (protocol === undefined || port.protocol === protocol);
}

/** Replaces names by the destination pod's numbers. */
export function resolvePorts(
  ports: readonly PortMatch[] | 'all',
  destination: readonly NamedPort[],
): readonly ProtocolPorts[] | 'all' {
  if (ports === 'all') return ports;
  return ports.flatMap((port): readonly ProtocolPorts[] => {
    if (port.kind === 'range') return [port];
    if (port.kind === 'unknown') return [];
    return destination
      .filter(each => isUsed(each, port))
      .map(({ protocol, number }) => ({ protocol, first: number, last: number }));
  });
}

/** The names that active egress rules use: pods with different numbers for them need different identities. */
export class PortNamesInUse {
  readonly #users = new Map<string, number>();
  /** Names whose use began or ended. */
  readonly #changed = new Set<string>();

  add(use: PortNameUse): void {
    const key = useKey(use);
    const users = this.#users.get(key) ?? 0;
    this.#users.set(key, users + 1);
    if (users === 0) this.#changed.add(use.name);
  }

  delete(use: PortNameUse): void {
    const key = useKey(use);
    const users = this.#users.get(key) ?? 0;
    if (users > 1) this.#users.set(key, users - 1);
    else if (this.#users.delete(key)) this.#changed.add(use.name);
  }

  drain(): readonly string[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }

  inUse(ports: readonly NamedPort[]): readonly NamedPort[] {
    return ports.filter(
      ({ name, protocol }) =>
        this.#users.has(useKey({ name })) || this.#users.has(useKey({ name, protocol })),
    );
  }
}

function useKey({ name, protocol }: Pick<PortNameUse, 'name' | 'protocol'>): string {
  return `${name}/${protocol ?? 'any'}`;
}
