import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { uplinkXdp } from './tables/uplink-xdp.ts';

runTable(uplinkXdp);
