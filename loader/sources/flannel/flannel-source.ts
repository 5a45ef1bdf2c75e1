// A source in which Nodes with flannel's annotations are peers, and what flannel's nodes are to read of this one.
import {
  ownFlannelAnnotations,
  noFlannelAnnotations,
  type Annotations,
} from '../../model/flannel-own-node.ts';
import { FlannelPeers, type FlannelSettings, type Nodes } from '../../model/flannel-peers.ts';
import type { PodKey } from '../../model/objects.ts';
import type { PublishedPod, Source, SourceListener, WatchLiveness } from '../source.ts';

/** Made before the source, which asks it for this node's annotations. */
export class FlannelNodes {
  readonly #isOff: boolean;
  readonly #settings: FlannelSettings;
  readonly #peers: FlannelPeers;
  #raw: Nodes = new Map();
  #read: ReturnType<FlannelPeers['of']> = { nodes: this.#raw, problems: [] };

  /** `isOff`: flannel's nodes are no peers, and this Node says nothing to them. */
  constructor(settings: FlannelSettings, isOff: boolean) {
    this.#isOff = isOff;
    this.#settings = settings;
    this.#peers = new FlannelPeers(settings);
  }

  /** As long as flannel runs on another node; afterwards they go. Undefined: the Node's stay as they are. */
  get ownAnnotations(): Annotations | undefined {
    const { nodeName, prefix } = this.#settings;
    if (this.#isOff) return noFlannelAnnotations(prefix);
    const own = this.#raw.get(nodeName);
    if (own === undefined) return undefined;
    const isNeeded = [...this.#raw.values()].some(node => this.#peers.isFlannels(node));
    if (isNeeded) return ownFlannelAnnotations(own, this.#settings);
    return this.#peers.isManaged(own) ? noFlannelAnnotations(prefix) : undefined;
  }

  /** The same answer while the Nodes are the same. */
  read(nodes: Nodes): ReturnType<FlannelPeers['of']> {
    if (nodes !== this.#raw) this.#read = this.#isOff ? { nodes, problems: [] } : this.#peers.of(nodes);
    this.#raw = nodes;
    return this.#read;
  }
}

export class FlannelSource implements Source {
  readonly #source: Source;
  readonly #flannel: FlannelNodes;

  constructor(source: Source, flannel: FlannelNodes) {
    this.#source = source;
    this.#flannel = flannel;
  }

  start(listener: SourceListener): Promise<void> {
    return this.#source.start((state, problems) => {
      const read = this.#flannel.read(state.nodes);
      const whole = read.nodes === state.nodes ? state : { ...state, nodes: read.nodes };
      listener(whole, [...problems, ...read.problems]);
    });
  }

  stop(): Promise<void> {
    return this.#source.stop();
  }

  publish(pods: ReadonlyMap<PodKey, PublishedPod>): Promise<void> {
    return this.#source.publish(pods);
  }

  watches(): readonly WatchLiveness[] {
    return this.#source.watches();
  }
}
