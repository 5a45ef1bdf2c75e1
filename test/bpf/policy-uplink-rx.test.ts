import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { policyUplinkRx } from './tables/policy-uplink-rx.ts';

runTable(policyUplinkRx);
