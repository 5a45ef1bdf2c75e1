import '../support/bpf/own-netns.ts';
import { runStories } from '../support/bpf/run-stories.ts';
import { fragmentStories } from './stories/fragments.ts';

runStories(fragmentStories);
