import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { policyOverlayTx } from './tables/policy-overlay-tx.ts';

runTable(policyOverlayTx);
