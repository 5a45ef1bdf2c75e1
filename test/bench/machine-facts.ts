// What machine the figures are of.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

export interface MachineFacts {
  readonly kernel: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly node: string;
  /** Of the last minute, before the first figure: others who compute here make figures rough. */
  readonly load: number;
  /** Whether programs are compiled, and not interpreted. */
  readonly bpfJit: boolean;
  /** TCP's own choice on this machine; the figures say which one they use. */
  readonly congestionControl: string;
  /** Of a veth as the kernel makes it, which is what nodes are joined by; `wire` figures switch segmentation off. */
  readonly underlayOffloads: readonly string[];
  /** What this machine cannot show, in sentences. */
  readonly limits: readonly string[];
}

/** Of ethtool's features: those that decide how many packets a node handles at once. */
const OFFLOADS = [
  'tcp-segmentation-offload',
  'generic-segmentation-offload',
  'tx-udp_tnl-segmentation',
  'generic-receive-offload',
  'tx-checksumming',
] as const;
/** A sender, a receiver, and the packets of both in between. */
const ENOUGH_CORES = 4;

export function machineFacts(): MachineFacts {
  return {
    kernel: release(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    bpfJit: readSysctl('net/core/bpf_jit_enable') !== '0',
    congestionControl: readSysctl('net/ipv4/tcp_congestion_control'),
    underlayOffloads: vethOffloads(),
    limits: availableParallelism() < ENOUGH_CORES ? FEW_CORES : [],
  };
}

export function machineText(facts: MachineFacts): string {
  const { kernel, cpu, cores, memoryGib, node, load, bpfJit, congestionControl } = facts;
  const jit = bpfJit ? '' : ', BPF interpreted';
  return `Linux ${kernel}, ${cpu}, ${cores} cores, ${memoryGib} GiB, Node ${node}, ${congestionControl}${jit}; load ${load}`;
}

/** The underlay, and what this machine cannot show. */
export function machineLimits({ underlayOffloads, limits }: MachineFacts): readonly string[] {
  return [`Nodes are joined by veths with ${underlayOffloads.join(', ')}.`, ...limits];
}

const FEW_CORES = [
  'Both nodes, their pods and the wire share few cores: goodput is what all of them cost together, and no ratio is larger than the part of it that differs.',
  'Nothing here shows how traffic spreads over queues and cores (RSS, XPS, contention for maps and counters).',
  'Nothing here shows latency under load: sender, receiver and softirq wait for each other.',
] as const;

/** In a namespace of its own, so that nothing is left. */
function vethOffloads(): readonly string[] {
  const script = 'ip link add veth0 type veth peer name veth1 && ethtool -k veth0';
  try {
    const text = execFileSync('unshare', ['--net', 'sh', '-c', script], { encoding: 'utf8', stdio: 'pipe' });
    return OFFLOADS.flatMap(name => {
      const state = new RegExp(`^\\s*${name}: (on|off)`, 'm').exec(text)?.[1];
      return state === undefined ? [] : [`${name} ${state}`];
    });
  } catch {
    return ['unknown offloads']; // without root, or without ethtool
  }
}

function readSysctl(name: string): string {
  try {
    return readFileSync(`/proc/sys/${name}`, 'utf8').trim();
  } catch {
    return 'unknown'; // some kernels keep it to themselves
  }
}
