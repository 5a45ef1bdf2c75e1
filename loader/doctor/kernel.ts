// Probes kernel features without side effects.
import { existsSync } from 'node:fs';
import { loadObject, mapTypeName, queryTcx, supportsLinkUpdate } from 'libbpf-ts';
import { getLink, type RtnetlinkSocket } from 'rtnetlink';
import { NAMED_CODECS } from '../abi/codecs.ts';
import { HOOK_NAMES, type HookName } from '../abi/hook-name.ts';
import { errorCode } from '../programs/failure.ts';
import { isNetfilterHook } from '../programs/hook.ts';
import { findObjectFolder, readHookObject, type HookObject } from '../programs/objects.ts';
import { kernelVariablesOf } from '../programs/program-constants.ts';
import { kernelHasVxlan } from '../network/kernel-vxlan.ts';
import { findingsOf, type Finding } from './finding.ts';
import type { DoctorContext } from './doctor-context.ts';

const BTF = '/sys/kernel/btf/vmlinux';
const LOOPBACK_IFINDEX = 1;
/** Map size for loading; no row is written. */
const PROBE_ENTRIES = 16;
const NEWER_KERNEL = 'apt-get install linux-image-amd64';

const { ok, warning, error } = findingsOf('kernel');

export function checkKernel({ socket, config }: DoctorContext): Finding[] {
  return [
    btf(),
    tcx(),
    linkUpdate(),
    vxlan(socket, config.overlayDevice),
    ...withoutRepetition(HOOK_NAMES.map(hook => program(hook))),
  ];
}

/** Several hooks can have the same finding. */
function withoutRepetition(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map(finding => [finding.text, finding])).values()];
}

function btf(): Finding {
  return existsSync(BTF)
    ? ok(`the kernel has BTF: ${BTF}`)
    : error(`the kernel has no BTF: ${BTF} is missing`, NEWER_KERNEL);
}

function tcx(): Finding {
  try {
    queryTcx(LOOPBACK_IFINDEX, 'ingress');
    return ok('the kernel has tcx');
  } catch (cause) {
    if (errorCode(cause) !== 'UNSUPPORTED') throw cause;
    return warning(
      'the kernel has no tcx (6.6): clsact filters, which other software can remove, are used instead',
      NEWER_KERNEL,
    );
  }
}

function linkUpdate(): Finding {
  return supportsLinkUpdate()
    ? ok('the kernel can update the program of a BPF link')
    : error(
        'the kernel cannot update BPF links (5.7): programs could not be replaced without a gap',
        NEWER_KERNEL,
      );
}

/** An existing vxlan overlay device proves it. */
function vxlan(socket: RtnetlinkSocket, overlayDevice: string): Finding {
  return getLink(socket, overlayDevice)?.vxlan !== undefined || kernelHasVxlan(socket)
    ? ok('the kernel has vxlan')
    : warning('the kernel has no vxlan: the overlay works without GRO for the tunnel', 'modprobe vxlan');
}

/** Loads the program and unloads it, which shows whether helpers, kfuncs and map types are available. */
function program(hook: HookName): Finding {
  const object = readHookObject(hook, findObjectFolder());
  try {
    loadObject(object.spec, {
      name: hook,
      maxEntries: smallSizes(object),
      codecs: NAMED_CODECS,
      variables: kernelVariablesOf(object),
    })[Symbol.dispose]();
    return ok(`the program ${hook} loads, with its maps and helpers`);
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    if (isNetfilterHook(hook) && errorCode(cause) === 'UNSUPPORTED')
      return warning(
        'the kernel has no BPF in netfilter (6.4): policy of flows to Services is evaluated at another hook',
        NEWER_KERNEL,
      );
    return error(`the kernel refuses the program ${hook}: ${reason}`, NEWER_KERNEL);
  }
}

/** Arrays, which programs index, and ring buffers, which are whole pages, keep their size. */
function smallSizes({ spec }: HookObject): Record<string, number> {
  const isTable = (type: string): boolean => type.includes('HASH') || type.includes('TRIE');
  const tables = [...spec.maps.values()].filter(map => isTable(mapTypeName(map.type)));
  return Object.fromEntries(tables.map(map => [map.name, PROBE_ENTRIES]));
}
