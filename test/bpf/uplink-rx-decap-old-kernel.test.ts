import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { uplinkRxDecapOldKernel } from './tables/uplink-rx-decap-old-kernel.ts';

runTable(uplinkRxDecapOldKernel);
