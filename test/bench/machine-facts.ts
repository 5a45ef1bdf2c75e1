// What machine the figures are of.
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
}

export function machineFacts(): MachineFacts {
  return {
    kernel: release(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    bpfJit: readSysctl('net/core/bpf_jit_enable') !== '0',
  };
}

export function machineText(facts: MachineFacts): string {
  const { kernel, cpu, cores, memoryGib, node, load, bpfJit } = facts;
  const jit = bpfJit ? '' : ', BPF interpreted';
  return `Linux ${kernel}, ${cpu}, ${cores} cores, ${memoryGib} GiB, Node ${node}${jit}; load ${load}`;
}

function readSysctl(name: string): string {
  try {
    return readFileSync(`/proc/sys/${name}`, 'utf8').trim();
  } catch {
    return 'unknown'; // some kernels keep it to themselves
  }
}
