import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { uplinkRxDecap } from './tables/uplink-rx-decap.ts';

runTable(uplinkRxDecap);
