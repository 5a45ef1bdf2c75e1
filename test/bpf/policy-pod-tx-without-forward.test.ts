import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { policyPodTxWithoutForward } from './tables/policy-pod-tx-without-forward.ts';

runTable(policyPodTxWithoutForward);
