// Unix sockets that listen under an abstract name. Such names belong to the network namespace (unix(7)), and any process in
// it can take one, so it matters whose a listener is.
import { readFileSync } from 'node:fs';
import { check, isRtnetlinkError } from './errors.ts';
import { native } from './native.ts';

export interface AbstractListener {
  /** Without the leading NUL, and without those at its end that a caller may have bound with it. */
  readonly name: string;
  /** Of the process that called listen(2). */
  readonly uid: number;
}

/** In this process's network namespace, those whose names begin so. One whose backlog is full cannot be asked, and is left out. */
export function abstractListeners(prefix: string): AbstractListener[] {
  return boundNames()
    .filter(name => name.startsWith(`@${prefix}`))
    .flatMap(name => {
      const uid = uidOf(name);
      return uid === undefined ? [] : [{ name: name.slice(1).replace(/@+$/, ''), uid }];
    });
}

/** As the kernel prints them: '@' in place of every NUL. */
function boundNames(): string[] {
  const lines = readFileSync('/proc/net/unix', 'utf8').split('\n').slice(1);
  const names = lines.map(line => line.trim().split(/\s+/).slice(7).join(' '));
  return [...new Set(names)].filter(name => name.startsWith('@'));
}

function uidOf(name: string): number | undefined {
  try {
    const bytes = Buffer.from(name.replaceAll('@', '\0'), 'latin1');
    return check(native().unixListenerUid(bytes), 'connect to', name);
  } catch (error) {
    if (isRtnetlinkError(error, 'ECONNREFUSED', 'EAGAIN', 'EPROTOTYPE')) return undefined;
    throw error;
  }
}
