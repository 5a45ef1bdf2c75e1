import '../support/bpf/own-netns.ts';
import { runStories } from '../support/bpf/run-stories.ts';
import { outsideStories } from './stories/outside.ts';

runStories(outsideStories);
