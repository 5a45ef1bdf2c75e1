import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { podTxMtu } from './tables/pod-tx-mtu.ts';

runTable(podTxMtu);
