// Whole flows between a pod and hosts outside, packet by packet through pod_tx and uplink_rx of one node.
import { setTimeout as sleep } from 'node:timers/promises';
import { bare, eth, type Packet } from '../packet/packet.ts';
import { DEVICE, IPV4, MAC } from './cluster.ts';
import { contextBytes } from './context.ts';
import { CLUSTER } from './cluster-given.ts';
import { givenWith, type Given } from './given.ts';
import { openNode, type NodeBench } from './node-bench.ts';
import type { Constants } from './table.ts';

export interface FlowDriverOptions {
  readonly constants?: Constants;
  /** Of each of conntrack's tables. */
  readonly rows: number;
  /** Of hd_ct_share's rows; two hosts of one row share what one may have. */
  readonly seed?: bigint;
}

export interface AgingCounts {
  readonly ringRows: number;
  readonly queueRows: number;
  readonly mapFull: bigint;
  readonly overShare: bigint;
}

/** Rows of hd_ct, of hosts. */
export interface ShareCounts {
  readonly live: number;
  readonly ended: number;
}

export interface Segment {
  readonly flags: string;
  readonly sequence?: number;
  readonly acknowledgement?: number;
}

const DIRECT = '10.3.0.0/24';
/** Hosts by the hundred thousand (RFC 2544). */
const FAR = '198.18.0.0/15';
export const FAR_HOST = '198.19.0.1';
const SERVER = 80;
const DNS = 53;
const OUTSIDE_ISN = 1_000_000;
const POD_ISN = 5_000_000;
export const UPLINK = { ifindex: DEVICE.uplink, ingressIfindex: DEVICE.uplink } as const;

/** A pod of the node. */
export interface Client {
  readonly addr: string;
  readonly mac: string;
  readonly ifindex: number;
}

export const POD: Client = { addr: IPV4.pod, mac: MAC.pod, ifindex: DEVICE.pod };
/** Any number for which no two hosts of a test have one row of hd_ct_share. */
const SEED = 1n;
const TABLES = ['hd_ct', 'hd_ct_unassured', 'hd_ct_ring', 'hd_ct_queue'] as const;

function withFar(): Given {
  const direct = CLUSTER.routes.find(({ prefix }) => prefix === DIRECT);
  if (direct === undefined) throw new Error(`the cluster has no route to ${DIRECT}`);
  return givenWith(CLUSTER, { routes: [{ ...direct, prefix: FAR }] });
}

/** At the uplink. */
export function frameToPod(host: string, port: number, segment: Segment): Buffer {
  const numbers = { sequence: OUTSIDE_ISN + 1, acknowledgement: POD_ISN + 1, ...segment };
  return ofOutside(bare().ip(host, IPV4.pod).tcp(port, SERVER, numbers));
}

/** At the pod's device. */
export function frameFromPod(host: string, port: number, segment: Segment): Buffer {
  const numbers = { sequence: POD_ISN + 1, acknowledgement: OUTSIDE_ISN + 1, ...segment };
  return ofPod(bare().ip(IPV4.pod, host).tcp(SERVER, port, numbers), POD);
}

function ofOutside(ip: Packet): Buffer {
  return eth(MAC.directUplink, MAC.uplink).with(ip).bytes();
}

function ofPod(ip: Packet, { mac }: Client): Buffer {
  return eth(mac, MAC.gateway).with(ip).bytes();
}

/** The pod serves TCP on port 80, and asks a server outside by UDP. */
export class FlowDriver implements Disposable {
  readonly node: NodeBench;

  constructor({ constants = {}, rows, seed = SEED }: FlowDriverOptions) {
    const sizes = Object.fromEntries(TABLES.map(name => [name, rows]));
    this.node = openNode(['pod_tx', 'uplink_rx'], constants, sizes);
    for (const [key, aging] of [...this.#map('hd_ct_aging').entries()])
      this.#map('hd_ct_aging').set(key, { ...aging, seed });
  }

  /** The cluster, with FAR behind the node of its direct route. */
  fill(more: Partial<Given> = {}): void {
    this.node.fill(givenWith(withFar(), more));
  }

  /** From here on the pod is another one of this node, with the address that it had. */
  becomePod(podId: number): void {
    const pods = CLUSTER.endpoints.filter(({ addr }) => addr === IPV4.pod);
    this.node.change(
      givenWith(withFar(), {
        endpoints: pods.map(pod => ({ ...pod, podId })),
        ...{ ifaces: [{ ifindex: DEVICE.pod, mac: MAC.pod, podId }], pods: [{ podId }] },
      }),
    );
  }

  /** From a host outside. */
  toPod(host: string, port: number, segment: Segment): void {
    this.#run('uplink_rx', frameToPod(host, port, segment), UPLINK);
  }

  fromPod(host: string, port: number, segment: Segment): void {
    this.#run('pod_tx', frameFromPod(host, port, segment), POD);
  }

  /** Half open: the host never acknowledges. */
  halfOpen(host: string, port: number): void {
    this.toPod(host, port, { flags: 'SYN', sequence: OUTSIDE_ISN, acknowledgement: 0 });
    this.fromPod(host, port, { flags: 'SYN ACK', sequence: POD_ISN });
  }

  open(host: string, port: number): void {
    this.halfOpen(host, port);
    this.toPod(host, port, { flags: 'ACK' });
  }

  close(host: string, port: number): void {
    this.toPod(host, port, { flags: 'FIN ACK' });
    this.fromPod(host, port, { flags: 'FIN ACK' });
  }

  /** Each is in its end's window. */
  reset(host: string, port: number): void {
    this.toPod(host, port, { flags: 'RST ACK' });
  }

  /** The pod's question from that port, and its answer; so many times. */
  ask(port: number, times = 1, client: Client = POD): void {
    for (let count = 0; count < times; count++) {
      const question = bare().ip(client.addr, FAR_HOST).udp(port, DNS, 'question');
      this.#run('pod_tx', ofPod(question, client), client);
      this.#run('uplink_rx', ofOutside(bare().ip(FAR_HOST, client.addr).udp(DNS, port, 'answer')), UPLINK);
    }
  }

  rows(map: (typeof TABLES)[number] | 'hd_ct_share'): number {
    return [...this.#map(map).keys()].length;
  }

  /** Connections of the pod's with that host in hd_ct, where no flood evicts them. */
  kept(host: string): number {
    const keys = [...this.#map('hd_ct').keys()] as { source: string; destination: string }[];
    return keys.filter(({ source, destination }) => source === host || destination === host).length;
  }

  /** Of enum ct_flag, of every flow that is known. */
  flags(): readonly number[] {
    const entries = ['hd_ct', 'hd_ct_unassured'].flatMap(map => [...this.#map(map).entries()]);
    return entries.map(([, value]) => (value as { flags: number }).flags);
  }

  aging(): AgingCounts {
    const [[, row] = []] = [...this.#map('hd_ct_aging').entries()];
    if (row === undefined) throw new Error('hd_ct_aging has no row');
    const { ringRows, queueRows, mapFull, overShare } = row as unknown as AgingCounts;
    return { ringRows, queueRows, mapFull, overShare };
  }

  /** Rows of hd_ct that hosts are charged with, all together. */
  shares(): ShareCounts {
    const rows = [...this.#map('hd_ct_share').entries()].map(([, share]) => share as unknown as ShareCounts);
    return {
      live: rows.reduce((sum, { live }) => sum + live, 0),
      ended: rows.reduce((sum, { ended }) => sum + ended, 0),
    };
  }

  async pass(seconds: number): Promise<void> {
    await sleep(seconds * 1_000);
  }

  [Symbol.dispose](): void {
    this.node[Symbol.dispose]();
  }

  #map(name: string) {
    const map = this.node.maps.get(name);
    if (map === undefined) throw new Error(`no hook has ${name}`);
    return map;
  }

  #run(hook: 'pod_tx' | 'uplink_rx', data: Buffer, context: { readonly ifindex: number }): void {
    this.node.program(hook).testRun({ data, context: contextBytes(hook, data, context) });
  }
}
