import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { uplinkRxWithoutVxlan } from './tables/without-kernel-vxlan.ts';

runTable(uplinkRxWithoutVxlan);
