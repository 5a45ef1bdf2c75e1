// Attachments as JSON text; every field is checked when a record is read.
import { type Addr, parseMac, tryParseAddr } from 'ip';
import * as z from 'zod';
import type { Attachment } from '../model/attachment.ts';

const addr = z.string().transform((text, context): Addr => {
  const parsed = tryParseAddr(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: 'not an IP address' });
  return z.NEVER;
});

const pod = z.object({ namespace: z.string(), name: z.string(), uid: z.string().exactOptional() });

/** The phase is in the file's name. */
export type AttachmentRecord = Omit<Attachment, 'phase'>;

const attachment = z.object({
  containerId: z.string().min(1),
  ifname: z.string().min(1),
  netns: z.string().exactOptional(),
  hostInterface: z.string().min(1),
  podMac: z
    .string()
    .regex(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/)
    .transform(parseMac),
  addresses: z.array(addr).min(1).max(2),
  pod: pod.exactOptional(),
  podId: z.int().min(1),
  mtu: z.int().min(68),
  network: z.string().exactOptional(),
  bootId: z.string(),
  createdAtMs: z.number(),
}) satisfies z.ZodType<AttachmentRecord>;

/** Indented, one field a line. `podSlot` is the former name of `podId`, for a downgrade; written until 0.2. */
export function formatAttachment(value: Attachment): string {
  return `${JSON.stringify({ ...value, podSlot: value.podId, phase: undefined }, null, 2)}\n`;
}

/** Records of earlier builds have `podSlot` alone. */
function withPodId(record: unknown): unknown {
  if (typeof record !== 'object' || record === null || !('podSlot' in record)) return record;
  return { podId: record.podSlot, ...record };
}

/** Returns the end of a sentence, such as "is cut short", when the text is not an attachment. */
export function parseAttachment(text: string): AttachmentRecord | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text.trim() === '' ? 'is empty' : 'is cut short or not JSON'; // after a power cut
  }
  const result = attachment.safeParse(withPodId(value));
  if (result.success) return result.data;
  return `has no valid ${result.error.issues[0]?.path.join('.') || 'object'}`;
}
