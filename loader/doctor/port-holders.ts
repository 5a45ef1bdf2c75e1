// Detects other users of the tunnel's UDP port: sockets and vxlan devices.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { listLinks } from 'rtnetlink';
import { FLANNEL_VTEP } from '../network/flannel-names.ts';
import { findingsOf, orOk, type Finding } from './finding.ts';
import type { DoctorContext } from './doctor-context.ts';

const { ok, error } = findingsOf('port');

export function checkPort(context: DoctorContext): Finding[] {
  const { port } = context.config.tunnel;
  const fine = ok(`no other socket or device holds UDP port ${port}`);
  return orOk([...foreignDevices(context), ...listeners(port)], fine);
}

function foreignDevices({ socket, config, heddlectl }: DoctorContext): Finding[] {
  const { port } = config.tunnel;
  return listLinks(socket)
    .filter(link => link.name !== config.overlayDevice && link.vxlan?.port === port)
    .map(({ name }) =>
      error(
        `the VXLAN device ${name} holds UDP port ${port}: heddled cannot start beside it`,
        FLANNEL_VTEP.test(name) ? `${heddlectl} migrate remove-flannel` : `ip link delete ${name}`,
      ),
    );
}

/** The table includes sockets of kernel tunnels; no process has a descriptor of those. */
function listeners(port: number): Finding[] {
  const inodes = ['udp', 'udp6'].flatMap(table => boundTo(readFileSync(`/proc/net/${table}`, 'utf8'), port));
  const pids = inodes.map(holderOf).filter(pid => pid !== undefined);
  return [...new Set(pids)].map(pid => {
    const text = `${commandOf(pid)} (pid ${pid}) listens on UDP port ${port}: the overlay device cannot be brought up`;
    return error(text, `kill ${pid}`);
  });
}

/** Pure: inodes of sockets with that port, from the text of /proc/net/udp. */
export function boundTo(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table
    .split('\n')
    .slice(1)
    .map(line => line.trim().split(/\s+/))
    .filter(fields => fields[1]?.endsWith(suffix) === true)
    .map(fields => fields[9] ?? '0')
    .filter(inode => inode !== '0');
}

function holderOf(inode: string): string | undefined {
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  return pids.find(pid => descriptorsOf(pid).includes(`socket:[${inode}]`));
}

function descriptorsOf(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map(fd => readlinkSync(`/proc/${pid}/fd/${fd}`));
  } catch {
    return []; // the process ended or closed the descriptor meanwhile
  }
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return 'a program';
  }
}
