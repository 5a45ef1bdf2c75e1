import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { policyOverlayTxWithoutForward } from './tables/policy-overlay-tx.ts';

runTable(policyOverlayTxWithoutForward);
