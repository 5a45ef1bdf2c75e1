// What was done to the machine, in words for the log.

export interface Change {
  /** What it was done to: `hd_route`, `pod_tx on hd0123456789a`. */
  readonly subject: string;
  /** In the past tense: `attached`, `updated to program 17`. */
  readonly action: string;
}
