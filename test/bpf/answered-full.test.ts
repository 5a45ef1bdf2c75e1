import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { answeredFull } from './tables/conntrack-full.ts';

runTable(answeredFull);
