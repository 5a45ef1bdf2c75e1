// Attaching programs by link: to a device's XDP hook, a cgroup, a network namespace, or netfilter.
import { closeSync, openSync } from 'node:fs';
import { Command, tryBpf, type CallContext } from './bpf-call.ts';
import { systemError } from './errors.ts';
import { Fd } from './fd.ts';
import { kernelStruct, type EncodedStruct } from './kernel-struct.ts';
import { Link } from './link.ts';
import { AttachType } from './program-types.ts';

/** union bpf_attr of BPF_LINK_CREATE for devices and cgroups. */
const createAttr = kernelStruct({ programFd: 'u32', target: 'u32', attachType: 'u32', flags: 'u32' });
export const netfilterAttr = kernelStruct({
  programFd: 'u32',
  target: 'u32',
  attachType: 'u32',
  flags: 'u32',
  family: 'u32',
  hook: 'u32',
  priority: 's32',
  netfilterFlags: 'u32',
});

/** linux/if_link.h: XDP_FLAGS_SKB_MODE and XDP_FLAGS_DRV_MODE. */
const XDP_MODE_FLAGS = { generic: 1 << 1, native: 1 << 2 } as const;
/** linux/netfilter.h: NFPROTO_* and NF_INET_*. */
const FAMILIES = { ipv4: 2, ipv6: 10 } as const;
const HOOKS = { prerouting: 0, input: 1, forward: 2, output: 3, postrouting: 4 } as const;

export interface XdpTarget {
  readonly ifindex: number;
  /** `native` runs in the driver, `generic` on any device; the kernel chooses if absent. */
  readonly mode?: 'native' | 'generic';
  /** Path of the network namespace that the device is in. */
  readonly netns?: string;
}

export interface CgroupTarget {
  /** Directory of a cgroup v2. */
  readonly path: string;
  /** As in `AttachType`; what the program's section says if absent. */
  readonly attachType?: number;
}

export interface NetnsTarget {
  /** Of a network namespace. */
  readonly path: string;
  /** As in `AttachType`; what the program's section (`sk_lookup`, `flow_dissector`) says if absent. */
  readonly attachType?: number;
}

export interface NetfilterTarget {
  readonly family: keyof typeof FAMILIES;
  readonly hook: keyof typeof HOOKS;
  /** Lower runs earlier; conntrack is at -200, DNAT at -100, filter at 0, SNAT at 100. */
  readonly priority: number;
  readonly netns?: string;
}

export function attachXdp(program: Fd, { ifindex, mode, netns }: XdpTarget): Link {
  const flags = mode === undefined ? 0 : XDP_MODE_FLAGS[mode];
  const attr = createAttr.encode({
    programFd: program.number,
    target: ifindex,
    attachType: AttachType.XDP,
    flags,
  });
  return create(attr, { operation: 'attach XDP', subject: `device ${ifindex}`, netns });
}

export function attachCgroup(program: Fd, path: string, attachType: number): Link {
  return attachToPath(program, attachType, { operation: 'attach cgroup', subject: path });
}

export function attachNetns(program: Fd, path: string, attachType: number): Link {
  return attachToPath(program, attachType, { operation: 'attach netns', subject: path });
}

function attachToPath(program: Fd, attachType: number, context: CallContext): Link {
  const target = openTarget(context);
  try {
    return create(createAttr.encode({ programFd: program.number, target, attachType }), context);
  } finally {
    closeSync(target);
  }
}

export function attachNetfilter(program: Fd, target: NetfilterTarget): Link {
  const attr = netfilterAttr.encode({
    ...{ programFd: program.number, attachType: AttachType.NETFILTER },
    ...{ family: FAMILIES[target.family], hook: HOOKS[target.hook], priority: target.priority },
  });
  const subject = `${target.family} ${target.hook} ${target.priority}`;
  return create(attr, { operation: 'attach netfilter', subject, netns: target.netns });
}

function openTarget({ operation, subject }: CallContext): number {
  try {
    return openSync(subject, 'r');
  } catch (error) {
    const { errno } = error as NodeJS.ErrnoException;
    throw errno === undefined ? error : systemError(errno, operation, subject);
  }
}

function create(attr: EncodedStruct, context: CallContext): Link {
  const { operation, subject, netns } = context;
  return new Link(new Fd(tryBpf(Command.LINK_CREATE, attr, netns), operation, subject));
}
