import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { podTxNeighbour } from './tables/pod-tx-neighbour.ts';

runTable(podTxNeighbour);
