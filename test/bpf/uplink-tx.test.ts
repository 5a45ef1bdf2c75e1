import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { uplinkTx } from './tables/uplink-tx.ts';

runTable(uplinkTx);
