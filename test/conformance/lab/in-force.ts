// Waits until every node's kernel holds what a world comes to: the compiler says which numbers those are.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Addr, cidrAddr, cidrPrefixBits, parseAddr } from 'ip';
import { openPinnedMaps } from '../../../loader/programs/pinned-maps.ts';
import { policyNumbers } from '../../../loader/policy-writer/pod-table.ts';
import type { MapSet } from '../../../loader/abi/map-set.ts';
import { activeBank } from '../../../loader/tables/control.ts';
import { overlayAddressesOf } from '../../../loader/model/node-addresses.ts';
import { podKey } from '../../../loader/model/objects.ts';
import { PolicyCompiler } from '../../../loader/policy/compiler.ts';
import type { CompiledPolicy, PodId, PolicySubject } from '../../../loader/policy/compiled.ts';
import { readObjects, type ReadWorld } from '../policy-input.ts';
import type { KubernetesObject } from '../kubernetes-objects.ts';
import type { CasePlan, PlannedPod } from './plan.ts';

const TIMEOUT_MS = 60_000;
const POLL_MS = 15;
const VNI_BITS = 32;

interface Wanted {
  readonly compiled: CompiledPolicy;
  /** By the number that the compilation knows it by. */
  readonly own: ReadonlyMap<PodId, PlannedPod>;
}

/** Rejects with what is missing where, when it takes too long. */
export async function waitUntilInForce(
  plan: CasePlan,
  pods: readonly PlannedPod[],
  objects: readonly KubernetesObject[],
): Promise<void> {
  const read = readObjects(objects);
  const deadline = Date.now() + TIMEOUT_MS;
  for (const node of plan.lab.nodes) {
    const wanted = wantedAt(node.name, pods, read);
    for (;;) {
      const missing = inMaps(node.pinRoot, maps => missingIn(maps, wanted, pods));
      if (missing === undefined) break;
      if (Date.now() > deadline) throw new Error(`node ${node.name} did not take the policy up: ${missing}`);
      await sleep(POLL_MS);
    }
  }
}

function wantedAt(nodeName: string, pods: readonly PlannedPod[], read: ReadWorld): Wanted {
  const own = new Map(
    pods.filter(({ plan }) => plan.node === nodeName).map((pod, i): [PodId, PlannedPod] => [i + 1, pod]),
  );
  const subjects = new Map(
    [...own].flatMap(([podId, { pod }]): [PodId, PolicySubject][] => {
      const object = read.pods.get(podKey(pod));
      if (object === undefined) return [];
      const { namespace, labels, ports, addresses } = object;
      return [[podId, { namespace, labels, ports, addresses }]];
    }),
  );
  const overlay = [...read.nodes.values()].flatMap(({ name, podCidrs }) =>
    overlayAddressesOf(podCidrs).map((addr): [Addr, string] => [addr, name]),
  );
  const compiler = new PolicyCompiler();
  compiler.update({
    nodeName,
    ...read,
    nodeAddresses: new Map([...read.nodeAddresses, ...overlay]),
    subjects,
  });
  return { compiled: compiler.compiled, own };
}

function inMaps<T>(pinRoot: string, look: (maps: MapSet) => T): T {
  const maps = openPinnedMaps(pinRoot);
  try {
    return look(maps);
  } finally {
    for (const map of Object.values(maps)) map[Symbol.dispose]();
  }
}

/** The first that is not as it should be. */
function missingIn(maps: MapSet, { compiled, own }: Wanted, pods: readonly PlannedPod[]): string | undefined {
  const version = activeBank(maps.hd_control);
  const endpoints = new Map([...maps.hd_endpoint.entries()].map(([key, value]) => [key.addr, value]));
  for (const addr of pods.flatMap(({ pod }) => pod.ips.map(parseAddr))) {
    const found = endpoints.get(addr)?.identity[version];
    const identity = compiled.identities.get(addr) ?? 0;
    if (found !== identity) return `the identity of ${addr} is ${found}, not ${identity}`;
  }
  for (const [podId, { pod }] of own) {
    const policies = policyNumbers(
      compiled.pods.get(podId) ?? { egress: undefined, ingress: undefined, ownNode: undefined },
    );
    const found = maps.hd_pod.get(endpoints.get(parseAddr(pod.ips[0] ?? ''))?.podId ?? 0);
    if (found?.egress[version] !== policies.egress) return `egress of ${podKey(pod)}`;
    if (found.ingress[version] !== policies.ingress) return `ingress of ${podKey(pod)}`;
  }
  return missingCidr(maps, compiled, version);
}

function missingCidr(maps: MapSet, compiled: CompiledPolicy, version: number): string | undefined {
  const rows = new Map(
    [...maps.hd_cidr.entries()].map(([{ addr, prefixBits }, { identity }]) => [
      `${addr} ${prefixBits}`,
      identity[version] ?? 0,
    ]),
  );
  for (const [cidr, identity] of compiled.cidrs) {
    const found = rows.get(`${cidrAddr(cidr)} ${VNI_BITS + cidrPrefixBits(cidr)}`);
    if (found !== identity) return `the identity of ${cidr} is ${found}, not ${identity}`;
  }
  return undefined;
}
