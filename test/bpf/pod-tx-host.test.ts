import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { podTxHost } from './tables/pod-tx-host.ts';

runTable(podTxHost);
