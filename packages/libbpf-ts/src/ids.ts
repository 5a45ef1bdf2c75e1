// What is loaded on the whole machine: ids of maps, programs and links, and how to open them.
import { bpfFd, Command, tryBpf } from './bpf-call.ts';
import { systemError } from './errors.ts';
import { handOver, type Fd } from './fd.ts';
import { kernelStruct } from './kernel-struct.ts';
import { Link } from './link.ts';
import { BpfMap } from './map.ts';
import { Program } from './program.ts';

const idAttr = kernelStruct({ id: 'u32', nextId: 'u32', openFlags: 'u32' });
const ENOENT = -2;

/** ENOENT if it is gone. */
export function mapById(id: number): BpfMap<Uint8Array, Uint8Array> {
  return handOver(mapFdById(id), fd => new BpfMap(fd));
}

/** ENOENT if it is gone. */
export function mapFdById(id: number): Fd {
  return open(Command.MAP_GET_FD_BY_ID, id, 'map');
}

/** ENOENT if it is gone. */
export function programById(id: number): Program {
  return handOver(open(Command.PROG_GET_FD_BY_ID, id, 'program'), fd => new Program(fd));
}

/** ENOENT if it is gone. */
export function linkById(id: number): Link {
  return new Link(open(Command.LINK_GET_FD_BY_ID, id, 'link'));
}

export function mapIds(): number[] {
  return list(Command.MAP_GET_NEXT_ID, 'maps');
}

export function programIds(): number[] {
  return list(Command.PROG_GET_NEXT_ID, 'programs');
}

export function linkIds(): number[] {
  return list(Command.LINK_GET_NEXT_ID, 'links');
}

function open(command: number, id: number, kind: string): Fd {
  return bpfFd(command, idAttr.encode({ id }), { operation: 'open', subject: `${kind} ${id}` });
}

function list(command: number, subject: string): number[] {
  const ids: number[] = [];
  for (let id = 0; ;) {
    const attr = idAttr.encode({ id });
    const result = tryBpf(command, attr);
    if (result === ENOENT) return ids;
    if (result < 0) throw systemError(result, 'list', subject);
    id = idAttr.decode(attr.bytes).nextId;
    ids.push(id);
  }
}
