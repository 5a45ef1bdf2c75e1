import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { policyPodTx } from './tables/policy-pod-tx.ts';

runTable(policyPodTx);
