import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { overlayTx } from './tables/overlay-tx.ts';

runTable(overlayTx);
