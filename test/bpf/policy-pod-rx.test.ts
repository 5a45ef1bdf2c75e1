import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { policyPodRx } from './tables/policy-pod-rx.ts';

runTable(policyPodRx);
