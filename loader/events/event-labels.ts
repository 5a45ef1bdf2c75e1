// What addresses and rule numbers of events mean while they happen: a pod may be gone, and its address another's, when one asks.
import type { Addr } from 'ip';
import { eventLayout, type Event } from '../abi/abi.gen.ts';
import type { MapSet } from '../abi/map-set.ts';
import { ruleNumberWords } from '../tables/rule-name.ts';
import { ownerOf, type EventNames, type PacketEnd } from './packet-event.ts';

export interface ChangingNames extends EventNames {
  /** Another number once names may have changed. */
  refresh(): number;
}

const ADDRESS_BYTES = 16;
/** Bounds both memos: a scan of a prefix overflows them, and they begin anew. */
const MAX_MEMO = 16_384;

export class EventLabeller {
  readonly #names: ChangingNames;
  /** By the address's bytes: to decode it costs more than to find it. */
  readonly #owners = new Map<string, string | undefined>();
  readonly #rules = new Map<number, string | undefined>();
  #version = -1;

  constructor(names: ChangingNames) {
    this.#names = names;
  }

  /** Called once for a batch of records. */
  refresh(): void {
    const version = this.#names.refresh();
    if (version !== this.#version) this.#owners.clear();
    this.#version = version;
  }

  /** 'namespace/name' of a pod, or the name of a node, which has no slash. */
  owner(bytes: Buffer, offset: number, address: () => Addr): string | undefined {
    const key = bytes.toString('latin1', offset, offset + ADDRESS_BYTES);
    if (this.#owners.has(key)) return this.#owners.get(key);
    if (this.#owners.size >= MAX_MEMO) this.#owners.clear();
    const { pod, node } = ownerOf(this.#names, address());
    this.#owners.set(key, pod ?? node);
    return pod ?? node;
  }

  /** Numbers are hashes: one never means another rule. A rule that is not in hd_rule yet is asked for again. */
  rule(maps: MapSet, number: number): string | undefined {
    if (number === 0) return undefined;
    const known = this.#rules.get(number);
    if (known !== undefined) return known;
    if (this.#rules.size >= MAX_MEMO) this.#rules.clear();
    const words = ruleNumberWords(maps, number);
    if (maps.hd_rule.get(number) !== undefined) this.#rules.set(number, words);
    return words;
  }
}

/** The reverse of `owner`. */
export function ownerNamed(label: string | undefined): Pick<PacketEnd, 'pod' | 'node'> {
  if (label === undefined) return {};
  return label.includes('/') ? { pod: label } : { node: label };
}

export function memberOffset(name: keyof Event): number {
  const member = eventLayout.members.find(each => each.name === name);
  if (member === undefined) throw new RangeError(`struct event has no member ${name}`);
  return member.offset;
}
