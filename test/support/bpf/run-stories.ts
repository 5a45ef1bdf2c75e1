// Runs stories under tap: one subtest each.
import t from 'tap';
import { createDevices } from './devices.ts';
import { openNode } from './node-bench.ts';
import type { Stories } from './story.ts';
import { hooksOf, playStory } from './play-story.ts';

/** Importing own-netns.ts first is the caller's part. */
export function runStories({ title, constants, stories }: Stories): void {
  createDevices();
  const node = openNode(hooksOf({ stories }), constants);
  t.teardown(() => node[Symbol.dispose]());
  for (const story of stories) {
    t.test(`${title}: ${story.name}`, t => {
      playStory(t, node, story);
      t.end();
    });
  }
}
