import '../support/bpf/own-netns.ts';
import { runStories } from '../support/bpf/run-stories.ts';
import { tcpResetStories } from './stories/tcp-reset.ts';

runStories(tcpResetStories);
