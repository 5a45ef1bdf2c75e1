import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { assuredFull } from './tables/conntrack-full.ts';

runTable(assuredFull);
