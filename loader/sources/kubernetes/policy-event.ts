// The Event of one refused policy, within the limits of the API (pkg/apis/core/validation/events.go).
import { createHash } from 'node:crypto';
import { typeMeta } from '../../model/kinds.ts';
import { createEvent } from './api-calls.ts';
import type { ApiRequest } from './api-client.ts';
import type { Refusal } from './object-store.ts';

/** Events of what is in no namespace are kept there. */
const CLUSTER_WIDE_NAMESPACE = 'default';
/** A name has 253 characters at most, and its hash and a dot take 17. */
const NAME_CHARACTERS = 200;
const NOTE_BYTES = 1_024;
const INSTANCE_BYTES = 128;

/** The same on every node for the same refusal, so that the server keeps one of them. */
export function eventName({ head, sentence }: Refusal): string {
  const hash = createHash('sha256').update(`${head.uid}\n${sentence}`).digest('hex').slice(0, 16);
  // a label of a DNS name ends with a letter or a digit
  return `${head.name.slice(0, NAME_CHARACTERS).replace(/[-.]+$/, '')}.${hash}`;
}

export function eventRequest(refusal: Refusal, nodeName: string, now: Date): ApiRequest {
  const { kind, head, sentence } = refusal;
  const namespace = head.namespace === '' ? CLUSTER_WIDE_NAMESPACE : head.namespace;
  const value = {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: eventName(refusal), namespace },
    eventTime: now.toISOString().replace('Z', '000Z'), // metav1.MicroTime has six digits
    type: 'Warning',
    reason: refusal.isPartial ? 'PolicyReadInPart' : 'PolicyRefused',
    action: 'ReadPolicy',
    note: truncated(sentence, NOTE_BYTES),
    regarding: {
      ...{ ...typeMeta(kind), name: head.name, uid: head.uid, resourceVersion: head.resourceVersion },
      ...(head.namespace !== '' && { namespace: head.namespace }),
    },
    reportingController: 'heddle.dev/heddled',
    reportingInstance: truncated(nodeName, INSTANCE_BYTES),
  };
  return { call: createEvent, names: { namespace }, body: { type: 'application/json', value } };
}

/** Whole characters, with an ellipsis where some are missing. */
function truncated(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return bytes.toString();
  let end = maxBytes - Buffer.byteLength('…');
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--; // a byte of a character that began before
  return `${bytes.toString('utf8', 0, end)}…`;
}
