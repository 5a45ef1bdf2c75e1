import '../support/bpf/own-netns.ts';
import { runStories } from '../support/bpf/run-stories.ts';
import { sctpStories } from './stories/sctp.ts';

runStories(sctpStories);
