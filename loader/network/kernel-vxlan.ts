// Probes for the kernel's vxlan module: it may be absent or not loadable (modprobe.d, kernel.modules_disabled).
import { createVxlan, deleteLink, isRtnetlinkError, type RtnetlinkSocket } from 'rtnetlink';

/** A short-lived device on an unused port. */
const PROBE = { name: 'hdprobe0', external: true, port: 1 } as const;

/** Creates a vxlan device: the kernel loads the module for it if it can. */
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
