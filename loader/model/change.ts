// A change that a reconciler made, described for the log.

export interface Change {
  /** The changed object: 'heddle0', 'pod_tx on hd0123456789a'. */
  readonly subject: string;
  /** In the past tense: 'created', 'MTU 1500 became 1450'. */
  readonly action: string;
}

export function change(subject: string, action: string): Change {
  return { subject, action };
}
