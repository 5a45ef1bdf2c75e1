import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { forward } from './tables/forward.ts';

runTable(forward);
