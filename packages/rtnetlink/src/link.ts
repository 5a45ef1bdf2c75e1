// Network links: reading them, changing them, deleting them. Creation is in veth.ts, vxlan.ts and bridge.ts.
import { nestedAttribute, optional, s32Attribute, textAttribute, u32Attribute } from './attribute.ts';
import { isRtnetlinkError } from './errors.ts';
import { decodeLink, type Link } from './link-decode.ts';
import { IFINFOMSG_BYTES, IFLA, LINK_FLAG } from './link-constants.ts';
import { linkAttributes, type LinkSettings } from './link-settings.ts';
import { FLAG, MESSAGE, type RequestSink } from './message.ts';
import type { RtnetlinkSocket } from './socket.ts';

/** A link by its name or its index in the socket's namespace. */
export type LinkId = string | number;

/** The link, or undefined if there is none; `netnsId`: in the namespace that the socket's own calls so. */
export function getLink(socket: RtnetlinkSocket, id: LinkId, netnsId?: number): Link | undefined {
  const request = linkRequest(MESSAGE.getLink, id);
  const target = optional(netnsId, number => s32Attribute(IFLA.targetNetnsId, number));
  try {
    const body = [...request.body, ...target];
    const message = socket.get({ ...request, body, operation: 'get link' });
    return message === undefined ? undefined : decodeLink(message);
  } catch (error) {
    if (isRtnetlinkError(error, 'ENODEV')) return undefined;
    throw error;
  }
}

export function listLinks(socket: RtnetlinkSocket): Link[] {
  const body = [linkHeader({})];
  return socket
    .dump({ type: MESSAGE.getLink, flags: 0, body, operation: 'list links of', subject: 'the namespace' })
    .map(decodeLink);
}

/** Changes only what is given. To change its name, say the link by its index: the message has room for one name. */
export function setLink(sink: RequestSink, id: LinkId, settings: LinkSettings): void {
  if (typeof id === 'string' && settings.name !== undefined)
    throw new TypeError(`to rename ${id}, give its index`);
  const request = linkRequest(MESSAGE.setLink, id);
  const [, ...name] = request.body;
  sink.submit({
    ...request,
    body: [linkHeader({ id, settings }), ...name, ...linkAttributes(settings)],
    operation: 'set link',
  });
}

/** At most 127 bytes, unique in the namespace. It goes with the link. */
export function addAlternativeName(sink: RequestSink, id: LinkId, name: string): void {
  const request = linkRequest(MESSAGE.newLinkProperty, id);
  sink.submit({
    ...request,
    flags: FLAG.create | FLAG.exclusive,
    body: [...request.body, nestedAttribute(IFLA.propertyList, [textAttribute(IFLA.alternativeName, name)])],
    operation: 'name link',
  });
}

/** A pair's other end goes with it; the addresses and routes on a link, too. */
export function deleteLink(sink: RequestSink, id: LinkId): void {
  sink.submit({ ...linkRequest(MESSAGE.deleteLink, id), operation: 'delete link' });
}

/**
 * Deletes every link whose `group` this is, on another thread: together they wait once for what the kernel makes each
 * deletion wait for, some 20 ms (rcu_barrier in netdev_run_todo). Rejects with ENODEV when there is none.
 */
export function deleteLinkGroup(socket: RtnetlinkSocket, group: number): Promise<void> {
  return socket.submitLater({
    type: MESSAGE.deleteLink,
    flags: 0,
    body: [linkHeader({}), u32Attribute(IFLA.group, group)],
    operation: 'delete links of',
    subject: `group ${group}`,
  });
}

function linkRequest(type: number, id: LinkId) {
  const name = typeof id === 'string' ? id : undefined;
  return {
    type,
    flags: 0,
    body: [linkHeader({ id }), ...optional(name, text => textAttribute(IFLA.name, text))],
    subject: String(id),
  };
}

/** struct ifinfomsg for a link and the flags to change on it. */
export function linkHeader(of: { id?: LinkId; settings?: LinkSettings }): Buffer {
  const bytes = Buffer.alloc(IFINFOMSG_BYTES);
  const { up, arp } = of.settings ?? {};
  if (typeof of.id === 'number') bytes.writeInt32LE(of.id, 4);
  const flags = (up === true ? LINK_FLAG.up : 0) | (arp === false ? LINK_FLAG.noArp : 0);
  const mask = (up === undefined ? 0 : LINK_FLAG.up) | (arp === undefined ? 0 : LINK_FLAG.noArp);
  bytes.writeUInt32LE(flags, 8);
  bytes.writeUInt32LE(mask, 12);
  return bytes;
}
