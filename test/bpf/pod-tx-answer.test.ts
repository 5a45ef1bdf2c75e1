import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { podTxAnswer } from './tables/pod-tx-answer.ts';

runTable(podTxAnswer);
