// The constants that a hook's program is loaded with.
import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { initialSections, type ObjectSpec } from 'libbpf-ts';
import type { NodeConfig } from '../abi/abi.gen.ts';
import { configVariables, NAMED_CODECS } from '../abi/codecs.ts';
import { CONNTRACK_TIMEOUTS, type ConntrackTimeouts } from '../model/conntrack-timeouts.ts';
import type { HookObject } from './objects.ts';

/** Constants that the daemon decides; defaults and the kernel decide the others. */
export type ProgramConstants = Omit<
  NodeConfig,
  keyof KernelConstants | keyof DefaultConstants | 'objectHash'
> &
  Partial<DefaultConstants>;

type DefaultConstants = ConntrackTimeouts & Pick<NodeConfig, 'kernelVxlan' | 'flowCache'>;

const DEFAULT_CONSTANTS: DefaultConstants = { ...CONNTRACK_TIMEOUTS, kernelVxlan: 1, flowCache: 1 };

/** Constants that depend on the running kernel. */
export type KernelConstants = Pick<
  NodeConfig,
  'decapL3Flags' | 'oldVerifierKeys' | 'forwardHook' | 'ctInsert'
>;

/** ELF section of the constants, and the name of its map in the kernel. */
export const CONFIG_SECTION = '.rodata.config';

/** `hasForward`: whether the kernel loaded the netfilter program, which only an attempt shows. */
export function kernelConstants(hasForward: boolean, kernelRelease = release()): KernelConstants {
  // BPF_F_ADJ_ROOM_DECAP_L3_IPV4 and _IPV6 cannot be probed: the verifier does not check the flags.
  return {
    decapL3Flags: isAtLeast(kernelRelease, 6, 3) ? 1 : 0,
    oldVerifierKeys: isAtLeast(kernelRelease, 6, 2) ? 0 : 1,
    forwardHook: hasForward ? 1 : 0,
    ctInsert: hasForward && hasCtInsert() ? 1 : 0,
  };
}

/** BTF of the kernel and of loaded modules (Documentation/bpf/btf.rst). */
const KERNEL_BTF = '/sys/kernel/btf';

/** Of the kernel itself, whose BTF is megabytes large and stays as it is. */
let inKernel: boolean | undefined;

/** Whether programs can call netfilter's conntrack. Not while it is a module that is not loaded. */
export function hasCtInsert(): boolean {
  return namesCtInsert('nf_conntrack') || (inKernel ??= namesCtInsert('vmlinux'));
}

function namesCtInsert(file: string): boolean {
  const path = join(KERNEL_BTF, file);
  return existsSync(path) && readFileSync(path).includes('\0bpf_ct_insert_entry\0');
}

/** As uname(2) words a release: `6.1.0-56-cloud-amd64` is at least 6.1. */
export function isAtLeast(kernelRelease: string, major: number, minor: number): boolean {
  const [isMajor = 0, isMinor = 0] = kernelRelease.split('.').map(Number.parseFloat);
  return isMajor > major || (isMajor === major && isMinor >= minor);
}

/** By C name; only those that the object declares. */
export function variablesOf({ spec, hash }: HookObject, constants: ProgramConstants & KernelConstants) {
  return declaredIn(spec, configVariables({ ...DEFAULT_CONSTANTS, ...constants, objectHash: hash }));
}

/** Constants without which the verifier of that kernel rejects the program. */
export function kernelVariablesOf({ spec }: HookObject, kernelRelease = release()): Record<string, unknown> {
  return declaredIn(spec, configVariables(kernelConstants(false, kernelRelease)));
}

function declaredIn(spec: ObjectSpec, variables: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => spec.variables.has(name)));
}

/** The bytes that the section will have in the kernel; undefined if the object has no such section. */
export function configBytes(object: HookObject, variables: Record<string, unknown>): Uint8Array | undefined {
  return initialSections(object.spec, variables, NAMED_CODECS).get(CONFIG_SECTION);
}
