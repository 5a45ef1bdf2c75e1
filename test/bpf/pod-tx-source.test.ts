import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { podTxSource } from './tables/pod-tx-source.ts';

runTable(podTxSource);
