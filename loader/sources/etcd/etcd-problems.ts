// Sentences about what etcd does not do at present.
import { oneLine, outageAfter, unreachableSentence, type Outage } from '../outage.ts';

/** Thousands of nodes may be without a lease at once. */
const MAX_NAMED = 5;

/** Each of them begins and ends by itself. The newest reason is reported: a missing password first, then a missing role. */
export class EtcdProblems {
  readonly #server: string;
  readonly #note: (topic: string, ...sentences: readonly string[]) => void;
  #outage: Outage<string> | undefined;
  #unregistered: Outage<string> | undefined;

  /** `note`: all that there is to say of a topic. */
  constructor(server: string, note: (topic: string, ...sentences: readonly string[]) => void) {
    this.#server = server;
    this.#note = note;
  }

  /** Why changes cannot be followed; undefined: they are. */
  disconnected(reason: string | undefined): void {
    this.#outage = newest(this.#outage, reason);
    this.#note('connection', ...(this.#outage ? [unreachableSentence(this.#server, this.#outage)] : []));
  }

  /** Why this node has no pod CIDR; undefined: it has. */
  withoutPlace(reason: string | undefined): void {
    this.#note(
      'place',
      ...(reason === undefined ? [] : [`this node has no pod CIDR yet: ${oneLine(reason)}`]),
    );
  }

  /** Why etcd does not have this node as it is; undefined: it has. */
  unregistered(reason: string | undefined): void {
    this.#unregistered = newest(this.#unregistered, reason);
    this.#note('registration', ...(this.#unregistered ? [registrationSentence(this.#unregistered)] : []));
  }

  /** What another daemon of this node's name says of itself; undefined: there is none. */
  conflict(node: string, other: string | undefined): void {
    this.#note('conflict', ...(other === undefined ? [] : [conflictSentence(node, other)]));
  }

  /** An outage that is known explains the silence. */
  silent(sentences: readonly string[]): void {
    this.#note('silence', ...(this.#outage ? [] : sentences));
  }
}

function newest(before: Outage<string> | undefined, reason: string | undefined): Outage<string> | undefined {
  return reason === undefined ? undefined : outageAfter(before, reason, (a, b) => a === b);
}

function registrationSentence({ cause, since }: Outage<string>): string {
  return `etcd does not renew this node's lease since ${since.toISOString()} (${oneLine(cause)}): the node goes on by itself`;
}

function conflictSentence(node: string, other: string): string {
  return `another daemon registers in etcd as node ${node}, and has its pod CIDR (${oneLine(other)}): give each machine a name of its own, by its host name or nodeName, and start its daemon anew`;
}

/** While keys are held. */
export function heldSentences(count: number, holdMs: number): string[] {
  if (count === 0) return [];
  return [
    `etcd has lost what other nodes have written there (${count} ${count === 1 ? 'key' : 'keys'}): it counts for ${Math.round(holdMs / 1_000)} s more, and their daemons write it again`,
  ];
}

/** Of operators' objects; none is lost, hence none was deleted. */
export function lostSentences(keys: readonly string[]): string[] {
  if (keys.length === 0) return [];
  const named = keys.slice(0, MAX_NAMED).join(', ');
  const more = keys.length > MAX_NAMED ? ` and ${keys.length - MAX_NAMED} more` : '';
  return [
    `etcd has lost objects, it was restored or begun anew: ${named}${more}: they stay active until 'heddlectl cluster apply' writes them again, or heddled is started anew`,
  ];
}

/** Their routes and pods stay: traffic of a node does not depend on its daemon. */
export function disconnectedSentences(nodes: readonly string[]): string[] {
  if (nodes.length === 0) return [];
  const named = nodes.slice(0, MAX_NAMED).join(', ');
  const more = nodes.length > MAX_NAMED ? ` and ${nodes.length - MAX_NAMED} more` : '';
  return [
    `nodes are disconnected, their leases have expired: ${named}${more}: start their daemons, or 'heddlectl cluster delete node NAME' where one is gone for good`,
  ];
}
