// Plays pieces in one process, each program loaded once for all that want it alike, and says which one notices first that
// it is not the product.
import { isDeepStrictEqual } from 'node:util';
import { BpfError } from 'libbpf-ts';
import { openBench, type Bench } from '../../support/bpf/bench.ts';
import { checkRow, type Assertions } from '../../support/bpf/check-row.ts';
import { openNode, type NodeBench } from '../../support/bpf/node-bench.ts';
import { playRow } from '../../support/bpf/play-row.ts';
import { playStory } from '../../support/bpf/play-story.ts';
import { piecesNamed, type First, type Piece } from './pieces.ts';

export interface Notice {
  /** The piece's title; absent: none of them has noticed. */
  readonly by?: string;
  /** Why its program was not loaded: it was the verifier that noticed. */
  readonly verifier?: string;
}

export interface PlayRequest {
  /** The folder of the programs. */
  readonly objects: string;
  /** Groups and titles of pieces. */
  readonly names: readonly string[];
  readonly first: First;
}

class Noticed extends Error {}

/** Ends the piece at the first that is not so. */
const assertions: Assertions = {
  same: (found, wanted, message) => assertThat(isDeepStrictEqual(found, wanted), message),
  equal: (found, wanted, message) => assertThat(found === wanted, message),
};

function assertThat(holds: boolean, message: string): true {
  if (!holds) throw new Noticed(message);
  return true;
}

/** The network namespace of own-netns.ts with its devices, and the folder of the objects, are the caller's part. */
export function play({ names, first }: Omit<PlayRequest, 'objects'>): Notice {
  using benches = new Opened<Bench>();
  using nodes = new Opened<NodeBench>();
  for (const piece of piecesNamed(names, first)) {
    try {
      playPiece(piece, benches, nodes);
    } catch (error) {
      const { title: by } = piece;
      if (error instanceof Noticed) return { by };
      if (!(error instanceof BpfError) || error.code !== 'VERIFIER') throw error;
      return { by, verifier: `${error.subject}: ${error.message.split('\n').at(-1) ?? ''}` };
    }
  }
  return {};
}

function playPiece({ hooks, row, story }: Piece, benches: Opened<Bench>, nodes: Opened<NodeBench>): void {
  if (row !== undefined) {
    const { hook, constants, tiny } = row.table;
    const bench = benches.get([hook, constants, tiny], () => openBench(hook, constants, tiny));
    checkRow(assertions, row.table, row.row, playRow(bench, row.table, row.row));
  }
  if (story !== undefined) {
    const node = nodes.get([hooks, story.constants], () => openNode(hooks, story.constants));
    playStory(assertions, node, story.story);
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
