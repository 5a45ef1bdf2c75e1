import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { podTxLocal } from './tables/pod-tx-local.ts';

runTable(podTxLocal);
