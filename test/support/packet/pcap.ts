// Packets as a capture file, so that other programs can read them.

const MAGIC_NANOSECONDS = 0xa1b23c4d;
const LINKTYPE_ETHERNET = 1;
const SNAP_LENGTH = 262_144;

/** The classic libpcap format, version 2.4; all packets at second zero. */
export function pcapOf(packets: readonly Uint8Array[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(MAGIC_NANOSECONDS, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(SNAP_LENGTH, 16);
  header.writeUInt32LE(LINKTYPE_ETHERNET, 20);
  return Buffer.concat([header, ...packets.flatMap(packet => [recordHeader(packet.length), packet])]);
}

function recordHeader(length: number): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(length, 8);
  header.writeUInt32LE(length, 12);
  return header;
}
