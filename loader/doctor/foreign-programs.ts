// What others have attached to the uplink: it sees, and may drop, every packet of the cluster.
import { queryTcx, type Direction } from 'libbpf-ts';
import { listFilters, listLinks, listQdiscs } from 'rtnetlink';
import { errorCode } from '../programs/failure.ts';
import { listPinnedLinks } from '../programs/pinned-links.ts';
import { findingsOf, orWell, type Finding } from './finding.ts';
import type { Patient } from './patient.ts';

type Uplink = NonNullable<Patient['uplink']>;

/** Parent of what stands on a clsact's egress (TC_H_CLSACT, TC_H_MIN_EGRESS). */
const CLSACT_EGRESS = 0xfffffff3;

const { ok, warning, error } = findingsOf('programs');

export function checkForeignPrograms(patient: Patient): Finding[] {
  const { uplink, config } = patient;
  if (uplink === undefined)
    return [
      error('no device is the uplink: none has an address of this node or a default route', 'ip address'),
    ];
  const ours = new Set(listPinnedLinks(config.pinRoot).map(({ programId }) => programId));
  const troubles = [
    ...foreignXdp(patient, uplink, ours),
    ...foreignTcx(uplink, ours),
    ...foreignFilters(patient, uplink, ours),
  ];
  return orWell(troubles, ok(`no foreign program stands on ${uplink.name}`));
}

function foreignXdp({ socket }: Patient, { name, ifindex }: Uplink, ours: ReadonlySet<number>): Finding[] {
  const id = listLinks(socket).find(link => link.index === ifindex)?.xdpProgramId;
  if (id === undefined || id === 0 || ours.has(id)) return [];
  return [warning(`the XDP program ${id} of somebody else is on ${name}`, `ip link set dev ${name} xdp off`)];
}

function foreignTcx({ name, ifindex }: Uplink, ours: ReadonlySet<number>): Finding[] {
  return (['ingress', 'egress'] as const).flatMap(direction =>
    tcxChain(ifindex, direction)
      .filter(({ programId }) => !ours.has(programId))
      .map(({ programId, linkId }) => {
        const text = `the tc program ${programId} of somebody else is on ${name}, ${direction}`;
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
  { socket }: Patient,
  { name, ifindex }: Uplink,
  ours: ReadonlySet<number>,
): Finding[] {
  const hasHooks = listQdiscs(socket, ifindex).some(({ kind }) => kind === 'clsact' || kind === 'ingress');
  return (hasHooks ? listFilters(socket, ifindex) : [])
    .filter(({ bpfProgramId }) => bpfProgramId === undefined || !ours.has(bpfProgramId))
    .map(({ kind, parent, priority }) => {
      const side = parent === CLSACT_EGRESS ? 'egress' : 'ingress';
      const text = `a ${kind} filter of somebody else is on ${name}, ${side}, priority ${priority}`;
      return warning(text, `tc filter del dev ${name} ${side} pref ${priority}`);
    });
}
