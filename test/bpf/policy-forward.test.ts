import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { policyForward } from './tables/policy-forward.ts';

runTable(policyForward);
