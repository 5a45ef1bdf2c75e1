import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { podRxWithoutForward } from './tables/pod-rx.ts';

runTable(podRxWithoutForward);
