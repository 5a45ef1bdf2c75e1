import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { policyInput } from './tables/policy-input.ts';

runTable(policyInput);
