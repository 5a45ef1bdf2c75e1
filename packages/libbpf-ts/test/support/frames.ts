// Packets for test runs.

/** A frame that no protocol claims (an EtherType for experiments), of that length in bytes. */
export function experimentalFrame(length = 64): Uint8Array {
  const frame = new Uint8Array(length);
  frame.set([0x02, 0, 0, 0, 0, 0x01, 0x02, 0, 0, 0, 0, 0x02, 0x88, 0xb5]);
  return frame;
}
