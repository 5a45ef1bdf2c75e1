// The shortest form of a row.
import type { Row } from '../../support/bpf/table.ts';
import type { Packet } from '../../support/packet/packet.ts';

export function row(name: string, sent: Packet, verdict: string): Row {
  return { name, sent, verdict };
}
