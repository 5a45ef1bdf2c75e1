// The constants that a hook's program is loaded with.
import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { initialSections, type ObjectSpec } from 'libbpf-ts';
import type { NodeConfig } from '../abi/abi.gen.ts';
import { configVariables, NAMED_CODECS } from '../abi/codecs.ts';
import { CONNTRACK_TIMEOUTS, type ConntrackTimeouts } from '../model/conntrack-timeouts.ts';
import type { HookObject } from './objects.ts';

/** What the daemon decides of a node's settings; the rest is the loader's own knowledge. */
export type NodeSettings = Omit<NodeConfig, keyof KernelSettings | keyof NodeDefaults | 'objectHash'> &
  Partial<NodeDefaults>;

type NodeDefaults = ConntrackTimeouts & Pick<NodeConfig, 'kernelVxlan'>;

const NODE_DEFAULTS: NodeDefaults = { ...CONNTRACK_TIMEOUTS, kernelVxlan: 1 };

/** What the kernel decides. */
export type KernelSettings = Pick<NodeConfig, 'decapL3Flags' | 'keysOnStack' | 'forwardHook' | 'ctInsert'>;

/** The section that holds them, and the name of its map in the kernel. */
export const CONFIG_SECTION = '.rodata.config';

/** Of the running kernel; whether the program for netfilter could be loaded is known only after trying. */
export function kernelSettings(hasForward: boolean, kernelRelease = release()): KernelSettings {
  // No probe tells of BPF_F_ADJ_ROOM_DECAP_L3_IPV4 and _IPV6, since the verifier does not look at flags.
  return {
    decapL3Flags: isAtLeast(kernelRelease, 6, 3) ? 1 : 0,
    keysOnStack: isAtLeast(kernelRelease, 6, 2) ? 0 : 1,
    forwardHook: hasForward ? 1 : 0,
    ctInsert: hasForward && canTellConntrack() ? 1 : 0,
  };
}

/** Where the kernel describes its functions: its own, and those of a module that is loaded (Documentation/bpf/btf.rst). */
const KERNEL_BTF = '/sys/kernel/btf';

let isInsertThere: boolean | undefined;

/** Whether netfilter's conntrack has bpf_ct_insert_entry(); looked up once, as the description has megabytes. */
function canTellConntrack(): boolean {
  return (isInsertThere ??= ['vmlinux', 'nf_conntrack'].some(file => {
    const path = join(KERNEL_BTF, file);
    return existsSync(path) && readFileSync(path).includes('\0bpf_ct_insert_entry\0');
  }));
}

/** As uname(2) words a release: `6.1.0-56-cloud-amd64` is at least 6.1. */
export function isAtLeast(kernelRelease: string, major: number, minor: number): boolean {
  const [isMajor = 0, isMinor = 0] = kernelRelease.split('.').map(Number.parseFloat);
  return isMajor > major || (isMajor === major && isMinor >= minor);
}

/** By C name, those that the object has. */
export function variablesOf({ spec, hash }: HookObject, settings: NodeSettings & KernelSettings) {
  return declaredIn(spec, configVariables({ ...NODE_DEFAULTS, ...settings, objectHash: hash }));
}

/** What the verifier of that kernel must find set before it accepts the program at all. */
export function kernelVariablesOf({ spec }: HookObject, kernelRelease = release()): Record<string, unknown> {
  return declaredIn(spec, configVariables(kernelSettings(false, kernelRelease)));
}

function declaredIn(spec: ObjectSpec, variables: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => spec.variables.has(name)));
}

/** The bytes that the section will have in the kernel; undefined if the object has no such section. */
export function configBytes(object: HookObject, variables: Record<string, unknown>): Uint8Array | undefined {
  return initialSections(object.spec, variables, NAMED_CODECS).get(CONFIG_SECTION);
}
