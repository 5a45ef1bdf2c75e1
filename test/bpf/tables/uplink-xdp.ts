import type { Row, Table } from '../../support/bpf/table.ts';
import { uplinkRxForeign } from './uplink-rx-foreign.ts';
import { uplinkRxTunnel } from './uplink-rx-tunnel.ts';

const WAYS = /^REDIRECT_|^PASS_UNREACHABLE$|^DROP_TUNNEL_DESTINATION$/;

/** The same packets as for uplink_rx: the same verdict, but what is admitted goes on as it came. */
export const uplinkXdp: Table = {
  hook: 'uplink_xdp',
  title: 'before an skb exists, the same tunnel packets are refused and the same foreign ones untouched',
  context: {},
  rows: [...uplinkRxTunnel.rows.map(filterRow), ...uplinkRxForeign.rows],
};

/** The destination and the way there are left to uplink_rx. */
function filterRow(row: Row): Row {
  return WAYS.test(row.verdict)
    ? { ...row, verdict: 'PASS_VALIDATED_TUNNEL', becomes: row.sent, action: 'next', tracked: [] }
    : row;
}
