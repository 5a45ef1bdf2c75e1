// Idle timeouts of flows, in seconds: constants of the programs, shown by heddlectl.
export interface ConntrackTimeouts {
  readonly ctEstablishedS: number;
  readonly ctHalfClosedS: number;
  readonly ctClosedS: number;
  readonly ctResetS: number;
  readonly ctUnassuredS: number;
  readonly ctDatagramS: number;
  readonly ctEchoS: number;
}

/** Equal to netfilter's nf_conntrack_tcp_timeout_established, since many flows are in both tables. */
export const CONNTRACK_TIMEOUTS: ConntrackTimeouts = {
  ctEstablishedS: 432_000,
  ctHalfClosedS: 3_600,
  ctClosedS: 60,
  ctResetS: 10,
  ctUnassuredS: 60,
  ctDatagramS: 180,
  ctEchoS: 30,
};
