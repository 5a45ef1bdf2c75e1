import '../support/bpf/own-netns.ts';
import { runStories } from '../support/bpf/run-stories.ts';
import { datagramStories } from './stories/datagram.ts';

runStories(datagramStories);
