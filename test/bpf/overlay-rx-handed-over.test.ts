import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { overlayRxHandedOver } from './tables/uplink-rx-decap-old-kernel.ts';

runTable(overlayRxHandedOver);
