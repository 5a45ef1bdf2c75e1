import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { policyFragments } from './tables/policy-fragments.ts';

runTable(policyFragments);
