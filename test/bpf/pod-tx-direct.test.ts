import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { podTxDirect } from './tables/pod-tx-direct.ts';

runTable(podTxDirect);
