import '../support/bpf/own-netns.ts';
import { runStories } from '../support/bpf/run-stories.ts';
import { icmpPathStories } from './stories/icmp-path.ts';

runStories(icmpPathStories);
