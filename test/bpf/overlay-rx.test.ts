import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { overlayRx } from './tables/overlay-rx.ts';

runTable(overlayRx);
