// Plays the tables or the stories of some hooks in one process, each program loaded once for all that want it alike, and
// says which one notices first that it is not the product.
import { isDeepStrictEqual } from 'node:util';
import { BpfError } from 'libbpf-ts';
import { openBench, type Bench } from '../../support/bpf/bench.ts';
import { createDevices } from '../../support/bpf/devices.ts';
import { judge, type Assertions } from '../../support/bpf/judge-row.ts';
import { openNode, type NodeBench } from '../../support/bpf/node-bench.ts';
import { playRow } from '../../support/bpf/play-row.ts';
import type { HookName } from '../../support/bpf/table.ts';
import { hooksOf, tell } from '../../support/bpf/tell-story.ts';
import { STORIES } from '../../bpf/stories/all.ts';
import { TABLES } from '../../bpf/tables/all.ts';

export interface Notice {
  /** Absent: nobody noticed. */
  readonly by?: string;
  /** The program was not loaded: it was the verifier that noticed. */
  readonly verifier?: boolean;
}

class Noticed extends Error {}

/** Ends the play at the first that is not so. */
const assertions: Assertions = {
  same: (found, wanted, message) => assertThat(isDeepStrictEqual(found, wanted), message),
  equal: (found, wanted, message) => assertThat(found === wanted, message),
};

function assertThat(holds: boolean, message: string): true {
  if (!holds) throw new Noticed(message);
  return true;
}

/** `tables` of those hooks, or the `stories` that any of them is part of. Importing own-netns.ts first is the caller's part. */
export function play(what: 'tables' | 'stories', hooks: ReadonlySet<HookName>): Notice {
  createDevices();
  try {
    return (what === 'tables' ? playTables(hooks) : playStories(hooks)) ?? {};
  } catch (error) {
    if (!(error instanceof BpfError) || error.code !== 'VERIFIER') throw error;
    return { by: `${error.subject}: ${error.message.split('\n').at(-1) ?? ''}`, verifier: true };
  }
}

function playTables(hooks: ReadonlySet<HookName>): Notice | undefined {
  using benches = new Opened<Bench>();
  for (const table of TABLES.filter(({ hook }) => hooks.has(hook))) {
    const { hook, settings, tiny, title } = table;
    const bench = benches.get([hook, settings, tiny], () => openBench(hook, settings, tiny));
    for (const row of table.rows) {
      if (!holds(() => judge(assertions, table, row, playRow(bench, table, row))))
        return { by: `${hook}: ${title}: ${row.name}` };
    }
  }
  return undefined;
}

function playStories(hooks: ReadonlySet<HookName>): Notice | undefined {
  using nodes = new Opened<NodeBench>();
  for (const stories of STORIES) {
    const all = hooksOf(stories);
    if (!all.some(hook => hooks.has(hook))) continue;
    const node = nodes.get([all, stories.settings], () => openNode(all, stories.settings));
    for (const story of stories.stories)
      if (!holds(() => tell(assertions, node, story))) return { by: `${stories.title}: ${story.name}` };
  }
  return undefined;
}

function holds(act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (error instanceof Noticed) return false;
    throw error;
  }
}

/** What was loaded, by how it was asked for; closed with its owner. */
class Opened<T extends Disposable> implements Disposable {
  readonly #opened = new Map<string, T>();

  get(how: unknown, open: () => T): T {
    const key = JSON.stringify(how);
    const found = this.#opened.get(key) ?? open();
    this.#opened.set(key, found);
    return found;
  }

  [Symbol.dispose](): void {
    for (const one of this.#opened.values()) one[Symbol.dispose]();
  }
}
