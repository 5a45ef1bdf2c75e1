import '../support/bpf/own-netns.ts';
import { runStories } from '../support/bpf/run-stories.ts';
import { tcpMiddleStories } from './stories/tcp-middle.ts';

runStories(tcpMiddleStories);
