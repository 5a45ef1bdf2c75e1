import '../support/bpf/own-netns.ts';
import { runStories } from '../support/bpf/run-stories.ts';
import { icmpStories } from './stories/icmp.ts';

runStories(icmpStories);
