import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { podTxService } from './tables/pod-tx-service.ts';

runTable(podTxService);
