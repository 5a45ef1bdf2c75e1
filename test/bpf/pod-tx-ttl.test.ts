import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { podTxTtl } from './tables/pod-tx-ttl.ts';

runTable(podTxTtl);
