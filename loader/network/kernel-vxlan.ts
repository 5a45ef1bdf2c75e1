// Probes for the kernel's vxlan module: it may be absent or not loadable (modprobe.d, kernel.modules_disabled).
import {
  createVxlan,
  deleteLink,
  getLink,
  isRtnetlinkError,
  type Link,
  type RtnetlinkSocket,
} from 'rtnetlink';

/** A short-lived device on an unused port. */
const PROBE = { name: 'hdprobe0', external: true, port: 1 } as const;

/** Creates a vxlan device: the kernel loads the module for it if it can. */
export function kernelHasVxlan(socket: RtnetlinkSocket): boolean {
  try {
    createVxlan(socket, PROBE);
  } catch (cause) {
    if (isRtnetlinkError(cause, 'EOPNOTSUPP')) return false; // "Unknown device type"
    // Who was killed here has left it, doctor probes at this moment, or somebody has a vxlan device on the port.
    if (!isRtnetlinkError(cause, 'EEXIST')) throw cause;
    const holder = getLink(socket, PROBE.name);
    if (holder !== undefined && holder.vxlan === undefined) throw cause; // the kernel asks for the name first
  }
  deleteProbe(socket);
  return true;
}

/** One that was left behind. */
export function isProbe({ name, vxlan }: Pick<Link, 'name' | 'vxlan'>): boolean {
  return name === PROBE.name && vxlan?.external === true && vxlan.port === PROBE.port;
}

function deleteProbe(socket: RtnetlinkSocket): void {
  if (getLink(socket, PROBE.name) === undefined) return;
  try {
    deleteLink(socket, PROBE.name);
  } catch (error) {
    if (!isRtnetlinkError(error, 'ENODEV')) throw error; // another probe has ended
  }
}
