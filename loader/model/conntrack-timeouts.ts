// Silence after which a flow is over, in seconds: the programs get it as constants, heddlectl names it.
export interface ConntrackTimeouts {
  readonly ctEstablishedS: number;
  readonly ctHalfClosedS: number;
  readonly ctClosedS: number;
  readonly ctResetS: number;
  readonly ctUnassuredS: number;
  readonly ctDatagramS: number;
  readonly ctEchoS: number;
}

/** An assured connection lives as long as netfilter's (nf_conntrack_tcp_timeout_established): many flows are in both. */
export const CONNTRACK_TIMEOUTS: ConntrackTimeouts = {
  ctEstablishedS: 432_000,
  ctHalfClosedS: 3_600,
  ctClosedS: 60,
  ctResetS: 10,
  ctUnassuredS: 60,
  ctDatagramS: 180,
  ctEchoS: 30,
};
