// The stand-in's Events: checked as the API server checks them (pkg/apis/core/validation/events.go), kept for an hour.
import type { Refusal } from './answers.ts';
import type { StoredObject } from './collections.ts';

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const NOTE_BYTES = 1_024;
const WORD_BYTES = 128;
const MICRO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)$/;

interface EventObject extends StoredObject {
  readonly note?: string;
  readonly reason?: string;
  readonly action?: string;
  readonly eventTime?: string;
  readonly type?: string;
  readonly reportingController?: string;
  readonly reportingInstance?: string;
  readonly regarding?: { readonly namespace?: string };
}

export class KeptEvents {
  readonly events: StoredObject[] = [];
  /** Namespaces that are being deleted. */
  readonly terminating = new Set<string>();

  /** Why not; absent: it is kept. */
  keep(path: string, event: StoredObject): Refusal | undefined {
    const namespace = path.split('/').at(-2) ?? '';
    const { name } = event.metadata;
    if (this.terminating.has(namespace))
      return {
        status: 403,
        message: `events.events.k8s.io "${name}" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`,
        causes: [{ reason: 'NamespaceTerminating', field: 'metadata.namespace' }],
      };
    const [problem] = problemsOf(event, namespace);
    if (problem !== undefined)
      return { status: 422, message: `Event.events.k8s.io "${name}" is invalid: ${problem}` };
    const isKnown = this.events.some(
      ({ metadata }) => metadata.name === name && (metadata.namespace ?? namespace) === namespace,
    );
    if (isKnown) return { status: 409, message: `events.events.k8s.io "${name}" already exists` };
    this.events.push(event);
    return undefined;
  }

  /** --event-ttl is over. */
  expire(): void {
    this.events.length = 0;
  }
}

function problemsOf(event: EventObject, namespace: string): string[] {
  const { name, namespace: own = namespace } = event.metadata;
  const { note = '', reason = '', action = '', eventTime = '', type = '' } = event;
  const { reportingController = '', reportingInstance = '', regarding } = event;
  const word = (text: string): boolean => text !== '' && Buffer.byteLength(text) <= WORD_BYTES;
  const rules: readonly (readonly [isBroken: boolean, problem: string])[] = [
    [
      !SUBDOMAIN.test(name) || name.length > 253,
      'metadata.name: Invalid value: a lowercase RFC 1123 subdomain',
    ],
    [own !== namespace, 'metadata.namespace: Invalid value: does not match the namespace of the request'],
    [
      (regarding?.namespace ?? 'default') !== namespace,
      'involvedObject.namespace: Invalid value: does not match',
    ],
    [Buffer.byteLength(note) > NOTE_BYTES, `note: Invalid value: can have at most ${NOTE_BYTES} characters`],
    [!word(reason), 'reason: Invalid value'],
    [!word(action), 'action: Invalid value'],
    [!word(reportingInstance), 'reportingInstance: Invalid value'],
    [!/^([-a-z0-9.]+\/)?[-A-Za-z0-9_.]+$/.test(reportingController), 'reportingController: Invalid value'],
    [type !== 'Normal' && type !== 'Warning', 'type: Invalid value'],
    [!MICRO_TIME.test(eventTime), 'eventTime: Required value'],
  ];
  return rules.flatMap(([isBroken, problem]) => (isBroken ? [problem] : []));
}
