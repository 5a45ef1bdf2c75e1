import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { policyLookup } from './tables/policy-lookup.ts';

runTable(policyLookup);
