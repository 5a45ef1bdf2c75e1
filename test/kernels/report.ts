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

/** One step of the daemon's lab, and what was not as it should be. */
export interface StepReport {
  readonly step: string;
  readonly seconds: number;
  readonly failures: readonly string[];
  /** Why it was skipped. */
  readonly missingModule?: string;
}

/** What `heddlectl doctor` warns of: the kernel's missing features, and what stands in for them. */
export interface MissingReport {
  readonly missing: readonly string[];
}

export type Report = KernelReport | TableReport | StepReport | MissingReport;

const PACKET = 'base64:';

/** To the host: the guest's standard output is the port. */
export function tell(report: Report): void {
  process.stdout.write(lineOf(report));
}

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
