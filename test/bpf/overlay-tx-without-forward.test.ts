import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { overlayTxWithoutForward } from './tables/overlay-tx.ts';

runTable(overlayTxWithoutForward);
