// The kernel's features, each tried in a way that leaves nothing behind.
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
import type { Patient } from './patient.ts';

const BTF = '/sys/kernel/btf/vmlinux';
const LOOPBACK_IFINDEX = 1;
/** Enough to be loaded: nothing is ever put in. */
const PROBE_ENTRIES = 16;
const NEWER_KERNEL = 'apt-get install linux-image-amd64';

const { ok, warning, error } = findingsOf('kernel');

export function checkKernel({ socket, config }: Patient): Finding[] {
  return [
    btf(),
    tcx(),
    linkUpdate(),
    vxlan(socket, config.overlayDevice),
    ...withoutRepetition(HOOK_NAMES.map(hook => program(hook))),
  ];
}

/** Several hooks may lack the same. */
function withoutRepetition(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map(finding => [finding.text, finding])).values()];
}

function btf(): Finding {
  return existsSync(BTF)
    ? ok(`the kernel tells its types in ${BTF}`)
    : error(`the kernel has no BTF: ${BTF} is missing`, NEWER_KERNEL);
}

function tcx(): Finding {
  try {
    queryTcx(LOOPBACK_IFINDEX, 'ingress');
    return ok('the kernel has tcx');
  } catch (cause) {
    if (errorCode(cause) !== 'UNSUPPORTED') throw cause;
    return warning(
      'the kernel has no tcx (6.6): clsact filters, which others can remove, stand in',
      NEWER_KERNEL,
    );
  }
}

function linkUpdate(): Finding {
  return supportsLinkUpdate()
    ? ok('a link takes another program between two packets')
    : error(
        'the kernel cannot update BPF links (5.7): programs could not be replaced without a gap',
        NEWER_KERNEL,
      );
}

/** The overlay device itself shows it where it stands. */
function vxlan(socket: RtnetlinkSocket, overlayDevice: string): Finding {
  return getLink(socket, overlayDevice)?.vxlan !== undefined || kernelHasVxlan(socket)
    ? ok('the kernel has vxlan')
    : warning('the kernel has no vxlan: the overlay works without its GRO and its help', 'modprobe vxlan');
}

/** Loading is what tells whether helpers, kfuncs and map types are there; the programs go again at once. */
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
        'the kernel has no BPF in netfilter (6.4): flows to Services are judged later',
        NEWER_KERNEL,
      );
    return error(`the kernel refuses the program ${hook}: ${reason}`, NEWER_KERNEL);
  }
}

/** Arrays are indexed by the programs, and rings are whole pages: those keep their size. */
function smallSizes({ spec }: HookObject): Record<string, number> {
  const isTable = (type: string): boolean => type.includes('HASH') || type.includes('TRIE');
  const tables = [...spec.maps.values()].filter(map => isTable(mapTypeName(map.type)));
  return Object.fromEntries(tables.map(map => [map.name, PROBE_ENTRIES]));
}
