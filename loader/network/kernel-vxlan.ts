// Whether the kernel has vxlan: a module that may be absent, or that nobody may load (modprobe.d, kernel.modules_disabled).
import { createVxlan, deleteLink, isRtnetlinkError, type RtnetlinkSocket } from 'rtnetlink';

/** Takes no port that anybody uses, and is gone again at once. */
const PROBE = { name: 'hdprobe0', external: true, port: 1 } as const;

/** Making one is what tells: the kernel loads the module for it, if it may. */
export function kernelHasVxlan(socket: RtnetlinkSocket): boolean {
  try {
    createVxlan(socket, PROBE);
  } catch (cause) {
    if (isRtnetlinkError(cause, 'EOPNOTSUPP')) return false; // "Unknown device type"
    throw cause;
  }
  deleteLink(socket, PROBE.name);
  return true;
}
