import '../support/bpf/own-netns.ts';
import { runStories } from '../support/bpf/run-stories.ts';
import { nodeAddressStories } from './stories/node-address.ts';

runStories(nodeAddressStories);
