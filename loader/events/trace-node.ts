// Reads this node's devices for a trace, anew for each, since devices change.
import { parseMac } from 'ip';
import { listLinks, openSocket } from 'rtnetlink';
import type { Config } from '../config.ts';
import { listPinnedLinks } from '../programs/pinned-links.ts';
import { HeddleError } from '../errors.ts';
import { gatewayMac, overlayMac } from '../model/derived-macs.ts';
import type { TraceNode } from './trace.ts';

/** NOT_READY while no program is attached to an uplink. `netns`: path of the node's; absent: the process's own. */
export function traceNode(config: Config, netns?: string): TraceNode {
  const { pinRoot, nodeName, tunnel } = config;
  const uplinkIfindex = listPinnedLinks(pinRoot).find(({ hook }) => hook === 'uplink_rx')?.ifindex;
  using socket = openSocket({ netns });
  const mac = listLinks(socket).find(({ index }) => index === uplinkIfindex)?.mac;
  if (uplinkIfindex === undefined || mac === undefined)
    throw new HeddleError(
      'NOT_READY',
      'no program is attached to an uplink: heddled has not finished starting',
    );
  return {
    ...{ pinRoot, netns, vni: tunnel.vni },
    devices: {
      ...{ uplinkIfindex, uplinkMac: parseMac(mac), vxlanPort: tunnel.port },
      overlayMac: overlayMac(nodeName),
      gatewayMac: gatewayMac(nodeName),
    },
  };
}
