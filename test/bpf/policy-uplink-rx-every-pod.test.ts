import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { policyUplinkRxEveryPod } from './tables/policy-uplink-xdp.ts';

runTable(policyUplinkRxEveryPod);
