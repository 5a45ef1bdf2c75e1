import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { uplinkTxWithoutForward } from './tables/uplink-tx.ts';

runTable(uplinkTxWithoutForward);
