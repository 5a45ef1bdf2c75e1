import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { policyExtensions } from './tables/policy-extensions.ts';

runTable(policyExtensions);
