import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { podTxTunnel } from './tables/pod-tx-tunnel.ts';

runTable(podTxTunnel);
