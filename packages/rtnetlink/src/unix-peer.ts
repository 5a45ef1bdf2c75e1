// Who is at the other end of a unix socket (unix(7), SO_PEERCRED).
import { native } from './native.ts';

export interface PeerCredentials {
  /** 0: in no PID namespace that this process sees. */
  readonly pid: number;
  readonly uid: number;
}

/** struct ucred: pid, uid, gid. */
const UCRED_BYTES = 12;

/** As of the connection's beginning; undefined for a descriptor that is no unix socket. */
export function peerCredentials(fd: number): PeerCredentials | undefined {
  const ucred = Buffer.alloc(UCRED_BYTES);
  if (native().peerCredentials(fd, ucred) < 0) return undefined;
  return { pid: ucred.readInt32LE(0), uid: ucred.readUInt32LE(4) };
}
