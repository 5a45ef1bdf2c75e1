// Lists foreign programs on the uplink: they see, and can drop, every packet of the cluster.
import { queryTcx, type Direction } from 'libbpf-ts';
import { listFilters, listLinks, listQdiscs } from 'rtnetlink';
import { errorCode } from '../programs/failure.ts';
import { listPinnedLinks } from '../programs/pinned-links.ts';
import { findingsOf, orOk, type Finding } from './finding.ts';
import type { DoctorContext } from './doctor-context.ts';

type Uplink = NonNullable<DoctorContext['uplink']>;

/** Parent of filters on a clsact qdisc's egress (TC_H_CLSACT, TC_H_MIN_EGRESS). */
const CLSACT_EGRESS = 0xfffffff3;

const { ok, warning, error } = findingsOf('programs');

export function checkForeignPrograms(context: DoctorContext): Finding[] {
  const { uplink, config } = context;
  if (uplink === undefined)
    return [
      error('there is no uplink: no device has an address of this node or a default route', 'ip address'),
    ];
  const ours = new Set(listPinnedLinks(config.pinRoot).map(({ programId }) => programId));
  const problems = [
    ...foreignXdp(context, uplink, ours),
    ...foreignTcx(uplink, ours),
    ...foreignFilters(context, uplink, ours),
  ];
  return orOk(problems, ok(`${uplink.name} has no foreign program`));
}

function foreignXdp(
  { socket }: DoctorContext,
  { name, ifindex }: Uplink,
  ours: ReadonlySet<number>,
): Finding[] {
  const id = listLinks(socket).find(link => link.index === ifindex)?.xdpProgramId;
  if (id === undefined || id === 0 || ours.has(id)) return [];
  return [warning(`${name} has the foreign XDP program ${id}`, `ip link set dev ${name} xdp off`)];
}

function foreignTcx({ name, ifindex }: Uplink, ours: ReadonlySet<number>): Finding[] {
  return (['ingress', 'egress'] as const).flatMap(direction =>
    tcxChain(ifindex, direction)
      .filter(({ programId }) => !ours.has(programId))
      .map(({ programId, linkId }) => {
        const text = `${name} has the foreign tc program ${programId}, ${direction}`;
        const attached = `tcx_${direction} id ${programId} dev ${name}`;
        return warning(
          text,
          linkId === 0 ? `bpftool net detach ${attached}` : `bpftool link detach id ${linkId}`,
        );
      }),
  );
}

function tcxChain(ifindex: number, direction: Direction) {
  try {
    return queryTcx(ifindex, direction);
  } catch (cause) {
    if (errorCode(cause) === 'UNSUPPORTED') return [];
    throw cause;
  }
}

function foreignFilters(
  { socket }: DoctorContext,
  { name, ifindex }: Uplink,
  ours: ReadonlySet<number>,
): Finding[] {
  const hasHooks = listQdiscs(socket, ifindex).some(({ kind }) => kind === 'clsact' || kind === 'ingress');
  return (hasHooks ? listFilters(socket, ifindex) : [])
    .filter(({ bpfProgramId }) => bpfProgramId === undefined || !ours.has(bpfProgramId))
    .map(({ kind, parent, priority }) => {
      const side = parent === CLSACT_EGRESS ? 'egress' : 'ingress';
      const text = `${name} has a foreign ${kind} filter, ${side}, priority ${priority}`;
      return warning(text, `tc filter del dev ${name} ${side} pref ${priority}`);
    });
}
