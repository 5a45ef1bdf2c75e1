import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { uplinkRxTunnel } from './tables/uplink-rx-tunnel.ts';

runTable(uplinkRxTunnel);
