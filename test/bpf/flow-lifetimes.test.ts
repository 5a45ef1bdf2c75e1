import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { flowLifetimes } from './tables/flow-lifetimes.ts';

runTable(flowLifetimes);
