// tc's clsact qdisc, for kernels without tcx: a direct-action filter named by priority and handle.
import { check } from './errors.ts';
import type { Fd } from './fd.ts';
import { native, type ClsactArguments } from './native.ts';
import type { Direction } from './tcx.ts';

/** libbpf.h: enum bpf_tc_attach_point. */
const ATTACH_POINTS = { ingress: 1, egress: 2 } as const;
const EEXIST = -17;
const ENOENT = -2;
const EINVAL = -22;

export interface ClsactTarget {
  readonly ifindex: number;
  readonly direction: Direction;
  /** 1 to 65535; lower runs earlier. */
  readonly priority: number;
  /** Number of the filter within its priority, from 1. */
  readonly handle: number;
  /** Path of the network namespace that the device is in. */
  readonly netns?: string;
}

/** An attached filter. It has no descriptor and stays until it is detached or the device goes. */
export interface ClsactFilter {
  readonly target: ClsactTarget;
  /** Id of the attached program; undefined if the filter is gone. */
  programId(): number | undefined;
  /** False if it was gone before. */
  detach(): boolean;
}

/** Makes the qdisc if need be, and sets or replaces the filter. */
export function attachClsact(program: Fd, target: ClsactTarget): ClsactFilter {
  const subject = subjectOf(target);
  const created = native().clsactCreate(...argumentsOf(target));
  if (created !== EEXIST) check(created, 'make clsact', subject);
  check(native().clsactAttach(...argumentsOf(target, program)), 'attach clsact', subject);
  return clsactFilter(target);
}

/** A filter that another process attached. */
export function clsactFilter(target: ClsactTarget): ClsactFilter {
  return {
    target,
    programId: () => {
      const id = native().clsactQuery(...argumentsOf(target));
      return isGone(id) ? undefined : check(id, 'query clsact', subjectOf(target));
    },
    detach: () => {
      const result = native().clsactDetach(...argumentsOf(target));
      return isGone(result) ? false : check(result, 'detach clsact', subjectOf(target)) === 0;
    },
  };
}

/** ENOENT without the filter, EINVAL without the qdisc. */
function isGone(result: number): boolean {
  return result === ENOENT || result === EINVAL;
}

function argumentsOf(target: ClsactTarget, program?: Fd): ClsactArguments {
  const { ifindex, direction, priority, handle, netns } = target;
  return [ifindex, ATTACH_POINTS[direction], program?.handle, priority, handle, netns];
}

function subjectOf({ ifindex, direction }: ClsactTarget): string {
  return `device ${ifindex} ${direction}`;
}
