// The kernel's numbers for programs, and those section names that Debian's libbpf (1.1) does not know.

/** linux/bpf.h: enum bpf_prog_type, those that this package attaches or runs. */
export const ProgramType = {
  UNSPEC: 0,
  SOCKET_FILTER: 1,
  SCHED_CLS: 3,
  SCHED_ACT: 4,
  XDP: 6,
  CGROUP_SKB: 8,
  CGROUP_SOCK: 9,
  CGROUP_SOCK_ADDR: 18,
  CGROUP_SYSCTL: 23,
  CGROUP_SOCKOPT: 25,
  NETFILTER: 32,
} as const;

/** linux/bpf.h: enum bpf_attach_type, those that this package attaches to. */
export const AttachType = {
  CGROUP_INET_INGRESS: 0,
  CGROUP_INET_EGRESS: 1,
  CGROUP_INET_SOCK_CREATE: 2,
  CGROUP_INET4_BIND: 8,
  CGROUP_INET6_BIND: 9,
  CGROUP_INET4_CONNECT: 10,
  CGROUP_INET6_CONNECT: 11,
  CGROUP_INET4_POST_BIND: 12,
  CGROUP_INET6_POST_BIND: 13,
  CGROUP_UDP4_SENDMSG: 14,
  CGROUP_UDP6_SENDMSG: 15,
  CGROUP_SYSCTL: 18,
  CGROUP_UDP4_RECVMSG: 19,
  CGROUP_UDP6_RECVMSG: 20,
  CGROUP_GETSOCKOPT: 21,
  CGROUP_SETSOCKOPT: 22,
  CGROUP_INET_SOCK_RELEASE: 34,
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
  return Object.hasOwn(NEWER_SECTIONS, section) ? NEWER_SECTIONS[section] : undefined;
}
