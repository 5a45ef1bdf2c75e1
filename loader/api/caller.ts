// Who makes a call: the process at the other end of its socket.
import { readFileSync } from 'node:fs';
import { peerCredentials } from 'rtnetlink';

/** From a grpc-js call to its descriptor. grpc-js keeps the way to itself, so each step may be missing one day. */
const WAY = ['call', 'stream', 'session', 'socket', '_handle', 'fd'] as const;
/** (uid_t)-1: a process without a login session. */
const NO_LOGIN = 4_294_967_295;

/** For the log: `pid 123 (heddlectl), uid 0, login 1000`. */
export function callerOf(call: unknown): string {
  const fd = WAY.reduce<unknown>(property, call);
  const peer = typeof fd === 'number' ? peerCredentials(fd) : undefined;
  if (peer === undefined) return 'unknown';
  const name = procFile(peer.pid, 'comm');
  const login = Number(procFile(peer.pid, 'loginuid') ?? NO_LOGIN);
  return [
    `pid ${peer.pid}${name === undefined ? '' : ` (${name})`}`,
    `uid ${peer.uid}`,
    ...(login === NO_LOGIN ? [] : [`login ${login}`]),
  ].join(', ');
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (Reflect.get(value, name) as unknown) : undefined;
}

/** Undefined for a process that has ended, or that /proc does not show. */
function procFile(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8').trim();
  } catch {
    return undefined;
  }
}
