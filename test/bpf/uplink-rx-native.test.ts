import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { uplinkRxNative } from './tables/uplink-rx-native.ts';

runTable(uplinkRxNative);
