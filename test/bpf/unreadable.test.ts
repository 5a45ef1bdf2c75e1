import '../support/bpf/own-netns.ts';
import { runTable } from '../support/bpf/run-table.ts';
import { unreadable } from './tables/unreadable.ts';

runTable(...unreadable);
