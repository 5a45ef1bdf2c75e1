import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { podRx } from './tables/pod-rx.ts';

runTable(podRx);
