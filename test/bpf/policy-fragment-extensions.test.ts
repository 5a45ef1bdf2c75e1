import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { policyFragmentExtensions } from './tables/policy-fragment-extensions.ts';

runTable(policyFragmentExtensions);
