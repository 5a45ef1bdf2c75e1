import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { uplinkRxHostPath } from './tables/uplink-rx-host-path.ts';

runTable(uplinkRxHostPath);
