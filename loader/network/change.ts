// What a reconcile did, in words for the log.

export interface Change {
  /** The thing that was changed: 'heddle0', 'route to 10.2.0.0/24'. */
  readonly subject: string;
  /** What happened to it, in the past: 'created', 'mtu 1500 became 1450'. */
  readonly action: string;
}

export function change(subject: string, action: string): Change {
  return { subject, action };
}
