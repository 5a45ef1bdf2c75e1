import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { uplinkRxForeign } from './tables/uplink-rx-foreign.ts';

runTable(uplinkRxForeign);
