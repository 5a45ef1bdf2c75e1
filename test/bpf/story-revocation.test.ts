import '../support/bpf/own-netns.ts';
import { runStories } from '../support/bpf/run-stories.ts';
import { revocationStories } from './stories/revocation.ts';

runStories(revocationStories);
