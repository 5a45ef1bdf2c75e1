// What a reconcile did to the machine, in words for the log.

export interface Change {
  /** The thing that was changed: 'heddle0', 'pod_tx on hd0123456789a'. */
  readonly subject: string;
  /** What happened to it, in the past: 'created', 'MTU 1500 became 1450'. */
  readonly action: string;
}

export function change(subject: string, action: string): Change {
  return { subject, action };
}
