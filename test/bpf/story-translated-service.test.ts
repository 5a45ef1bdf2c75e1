import '../support/bpf/own-netns.ts';
import { runStories } from '../support/bpf/run-stories.ts';
import { translatedServiceStories } from './stories/translated-service.ts';

runStories(translatedServiceStories);
