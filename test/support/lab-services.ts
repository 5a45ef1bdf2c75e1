// Services of a lab: a Service and its EndpointSlices among the manifests, which every node's daemon watches.
import { parseAddr, type Addr } from 'ip';
import type { MapSet } from '../../loader/abi/map-set.ts';
import { PROTOCOL } from '../../loader/abi/protocol.ts';
import { openPinnedMaps } from '../../loader/programs/pinned-maps.ts';
import { writeObject } from '../../lab/manifests.ts';
import { POD_NAMESPACE, type LabPlan, type NodePlan } from '../../lab/plan.ts';
import { addressOf, type TestHost } from './lab.ts';
import { until } from './until.ts';

export interface LabService {
  readonly name: string;
  readonly addresses: Readonly<Record<'ipv4' | 'ipv6', string>>;
  /** By TCP and by UDP, the same for the backends. */
  readonly ports: readonly number[];
  readonly backends: readonly TestHost[];
}

/** Of a lab. */
const VNI = 1;

const FAMILIES = [
  ['ipv4', 'IPv4'],
  ['ipv6', 'IPv6'],
] as const;

/** Resolves when both nodes' programs have it. */
export async function writeService(lab: LabPlan, service: LabService): Promise<void> {
  const { name, addresses, ports, backends } = service;
  const metadata = { name, namespace: POD_NAMESPACE };
  const listed = (['TCP', 'UDP'] as const).flatMap(protocol =>
    ports.map(port => ({ name: `${protocol.toLowerCase()}-${port}`, protocol, port })),
  );
  const clusterIPs = Object.values(addresses);
  writeObject(lab, `service-${name}`, {
    ...{ apiVersion: 'v1', kind: 'Service', metadata },
    spec: { clusterIP: clusterIPs[0], clusterIPs, ports: listed },
  });
  for (const [family, addressType] of FAMILIES)
    writeObject(lab, `slice-${name}-${family}`, {
      ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType, ports: listed },
      metadata: { ...metadata, name: `${name}-${family}`, labels: { 'kubernetes.io/service-name': name } },
      endpoints: backends.map(backend => ({ addresses: [addressOf(backend, family)] })),
    });
  for (const node of lab.nodes)
    if (!(await until(() => hasBackends(node, service))))
      throw new Error(`${node.name} has no Service ${name}`);
}

function hasBackends(node: NodePlan, { addresses, ports, backends }: LabService): boolean {
  const maps = openPinnedMaps(node.pinRoot);
  try {
    return FAMILIES.every(([family]) => {
      const addr = parseAddr(addresses[family]);
      const wanted = backends.map(backend => addressOf(backend, family)).sort();
      return (
        maps.hd_endpoint.get({ vni: VNI, addr }) !== undefined &&
        ports.every(port => backendsOf(maps, { addr, port }).join() === wanted.join())
      );
    });
  } finally {
    for (const map of Object.values(maps)) map[Symbol.dispose]();
  }
}

/** Addresses, sorted; '-' where there is no row. */
function backendsOf(
  maps: MapSet,
  frontend: { readonly addr: Addr; readonly port: number },
): readonly string[] {
  const row = maps.hd_service.get({ ...frontend, vni: VNI, protocol: PROTOCOL.udp });
  if (row === undefined) return ['-'];
  const slots = Array.from({ length: row.count }, (_, slot) => slot);
  return slots.map(slot => maps.hd_backend.get({ backendSet: row.backendSet, slot })?.addr ?? '-').sort();
}
