import '../support/bpf/own-netns.ts';
import { runStories } from '../support/bpf/run-stories.ts';
import { serviceStories } from './stories/services.ts';

runStories(serviceStories);
