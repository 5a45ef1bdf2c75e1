import '../support/bpf/own-netns.ts';
import { runStories } from '../support/bpf/run-stories.ts';
import { tcpStories } from './stories/tcp.ts';

runStories(tcpStories);
