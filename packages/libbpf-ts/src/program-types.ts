// The kernel's numbers for programs, and those section names that Debian's libbpf (1.1) does not know.

/** linux/bpf.h: enum bpf_prog_type, those that this package attaches or runs. */
export const ProgramType = {
  UNSPEC: 0,
  SOCKET_FILTER: 1,
  KPROBE: 2,
  SCHED_CLS: 3,
  SCHED_ACT: 4,
  TRACEPOINT: 5,
  XDP: 6,
  PERF_EVENT: 7,
  CGROUP_SKB: 8,
  CGROUP_SOCK: 9,
  SOCK_OPS: 13,
  CGROUP_DEVICE: 15,
  RAW_TRACEPOINT: 17,
  CGROUP_SOCK_ADDR: 18,
  CGROUP_SYSCTL: 23,
  CGROUP_SOCKOPT: 25,
  TRACING: 26,
  LSM: 29,
  SK_LOOKUP: 30,
  NETFILTER: 32,
} as const;

/** linux/bpf.h: enum bpf_attach_type, those that this package attaches to. */
export const AttachType = {
  CGROUP_INET_INGRESS: 0,
  CGROUP_INET_EGRESS: 1,
  CGROUP_INET_SOCK_CREATE: 2,
  CGROUP_SOCK_OPS: 3,
  CGROUP_DEVICE: 6,
  CGROUP_INET4_BIND: 8,
  CGROUP_INET6_BIND: 9,
  CGROUP_INET4_CONNECT: 10,
  CGROUP_INET6_CONNECT: 11,
  CGROUP_INET4_POST_BIND: 12,
  CGROUP_INET6_POST_BIND: 13,
  CGROUP_UDP4_SENDMSG: 14,
  CGROUP_UDP6_SENDMSG: 15,
  FLOW_DISSECTOR: 17,
  CGROUP_SYSCTL: 18,
  CGROUP_UDP4_RECVMSG: 19,
  CGROUP_UDP6_RECVMSG: 20,
  CGROUP_GETSOCKOPT: 21,
  CGROUP_SETSOCKOPT: 22,
  CGROUP_INET_SOCK_RELEASE: 34,
  SK_LOOKUP: 36,
  XDP: 37,
  NETFILTER: 45,
  TCX_INGRESS: 46,
  TCX_EGRESS: 47,
} as const;

/** What a program is loaded as. */
export interface ProgramKind {
  readonly type: number;
  readonly attachType?: number;
  /** The first kernel that knows it, as '6.4', for kinds newer than the oldest kernel in use. */
  readonly minimumKernel?: string;
}

const NEWER_SECTIONS: Readonly<Record<string, ProgramKind>> = {
  netfilter: { type: ProgramType.NETFILTER, attachType: AttachType.NETFILTER, minimumKernel: '6.4' },
  'tcx/ingress': { type: ProgramType.SCHED_CLS },
  'tcx/egress': { type: ProgramType.SCHED_CLS },
};

/** The kind that a section name stands for, if libbpf 1.1 cannot tell; undefined leaves it to libbpf. */
export function kindOfNewerSection(section: string): ProgramKind | undefined {
  const name = section.replace(/^\?/, '');
  return Object.hasOwn(NEWER_SECTIONS, name) ? NEWER_SECTIONS[name] : undefined;
}

/** Sections whose programs libbpf attaches: it wants its object for that, so the object stays open with them. */
const ATTACHED_BY_LIBBPF =
  /^\??(k(ret)?probe|k(ret)?syscall|u(ret)?probe|usdt|tracepoint|tp|raw_tracepoint|raw_tp|tp_btf|fentry|fexit|fmod_ret|lsm|lsm_cgroup|iter|perf_event)\b/;

export function isAttachedByLibbpf(section: string): boolean {
  return ATTACHED_BY_LIBBPF.test(section);
}

/** `SEC("?…")`: loaded only when it is asked for by name, as libbpf has it. */
export function isOptional(section: string): boolean {
  return section.startsWith('?');
}
