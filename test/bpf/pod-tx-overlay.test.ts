import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { podTxOverlay } from './tables/pod-tx-overlay.ts';

runTable(podTxOverlay);
