import '../support/bpf/own-netns.ts';
import { runStories } from '../support/bpf/run-stories.ts';
import { serviceBackendStories } from './stories/service-backends.ts';

runStories(serviceBackendStories);
