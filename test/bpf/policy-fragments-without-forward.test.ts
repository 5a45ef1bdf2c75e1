import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { policyFragmentsWithoutForward } from './tables/policy-fragments-without-forward.ts';

runTable(policyFragmentsWithoutForward);
