// A path-compressed binary trie of prefixes.

export interface TrieNode<T> {
  readonly bytes: Uint8Array;
  readonly bits: number;
  parent: TrieNode<T> | undefined;
  readonly children: [TrieNode<T> | undefined, TrieNode<T> | undefined];
  /** Absent: an inner node without a prefix of its own. */
  value: T | undefined;
}

export class PrefixTrie<T> {
  readonly #root: TrieNode<T> = nodeOf(new Uint8Array(16), 0);

  /** The node of that prefix; created if absent. */
  at(bytes: Uint8Array, bits: number): TrieNode<T> {
    let node = this.#root;
    while (node.bits < bits) {
      const child = node.children[bitAt(bytes, node.bits)];
      if (child === undefined) return attach(node, nodeOf(bytes, bits));
      const common = commonBits(bytes, child.bytes, Math.min(bits, child.bits));
      if (common < child.bits) return split(node, child, nodeOf(bytes, bits), common);
      node = child;
    }
    return node;
  }
}

/** Removes a node without value and with at most one child, then its parent if that became redundant. */
export function prune<T>(node: TrieNode<T>): void {
  const { parent, children } = node;
  const [low, high] = children;
  if (parent === undefined || node.value !== undefined || (low && high)) return;
  const child = low ?? high;
  parent.children[bitAt(node.bytes, parent.bits)] = child;
  if (child) child.parent = parent;
  node.parent = children[0] = children[1] = undefined;
  if (child === undefined) prune(parent);
}

/** The values of the prefixes that contain the node, without its own, longest first. */
export function* containing<T>(node: TrieNode<T>): Iterable<T> {
  for (let at = node.parent; at !== undefined; at = at.parent) if (at.value !== undefined) yield at.value;
}

function nodeOf<T>(bytes: Uint8Array, bits: number): TrieNode<T> {
  return { bytes, bits, parent: undefined, children: [undefined, undefined], value: undefined };
}

function attach<T>(parent: TrieNode<T>, node: TrieNode<T>): TrieNode<T> {
  parent.children[bitAt(node.bytes, parent.bits)] = node;
  node.parent = parent;
  return node;
}

/** Inserts `node` between the two, or next to `child` below a new inner node. */
function split<T>(parent: TrieNode<T>, child: TrieNode<T>, node: TrieNode<T>, common: number): TrieNode<T> {
  const above = common === node.bits ? node : nodeOf<T>(node.bytes, common);
  attach(parent, above);
  attach(above, child);
  return above === node ? node : attach(above, node);
}

function bitAt(bytes: Uint8Array, bit: number): 0 | 1 {
  return (((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) as 0 | 1;
}

function commonBits(a: Uint8Array, b: Uint8Array, most: number): number {
  for (let i = 0; i << 3 < most; i++) {
    const differing = (a[i] ?? 0) ^ (b[i] ?? 0);
    if (differing !== 0) return Math.min(most, (i << 3) + Math.clz32(differing) - 24);
  }
  return most;
}
