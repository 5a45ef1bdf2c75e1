// What the guest tells the host: a line of JSON each.
import type { Played } from '../support/bpf/play-row.ts';

/** The kernel that the guest runs. */
export interface KernelReport {
  readonly kernel: string;
}

/** A table, by its index, and what became of its rows in their order; or why its program did not load. */
export interface TableReport {
  readonly table: number;
  readonly refusal?: string;
  readonly rows: readonly Played[];
}

export type Report = KernelReport | TableReport;

const PACKET = 'base64:';

export function lineOf(report: Report): string {
  return `${JSON.stringify(report, shorten)}\n`;
}

export function reportsIn(text: string): Report[] {
  const lines = text.split('\n').filter(line => line !== '');
  return lines.map(line => JSON.parse(line, lengthen) as Report);
}

/** JSON.stringify asks with what Buffer.toJSON has made of a packet. */
function shorten(key: string, value: unknown): unknown {
  if (key !== 'packet' || typeof value !== 'object' || value === null || !('data' in value)) return value;
  return PACKET + Buffer.from(value.data as number[]).toString('base64');
}

function lengthen(_key: string, value: unknown): unknown {
  const isPacket = typeof value === 'string' && value.startsWith(PACKET);
  return isPacket ? Buffer.from(value.slice(PACKET.length), 'base64') : value;
}
