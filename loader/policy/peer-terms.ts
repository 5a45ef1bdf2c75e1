// Terms: one for each distinct peer that rules name; two peers that match the same terms are alike.
import { cidrContains, cidrAddr, cidrPrefixLength, type Cidr } from 'ip';
import type { LabelSelector, PodSelector, PolicyPeer } from '../model/policies.ts';
import { digest } from '../collections/stable-ids.ts';
import { compareText } from './ordering.ts';
import type { Interned } from '../collections/interner.ts';
import { podSelectorKey, selectorKey } from './selectors.ts';

interface Term extends Interned {
  /** Valid in this process only; cheap to compare and to sort. */
  readonly id: number;
  /** A short form of `key`. */
  readonly digest: string;
}

export interface PodTerm extends Term {
  readonly kind: 'pods';
  readonly selector: PodSelector;
}

export interface NodeTerm extends Term {
  readonly kind: 'nodes';
  readonly selector: LabelSelector;
}

export interface NetworkTerm extends Term {
  readonly kind: 'network';
  readonly cidr: Cidr;
  readonly except: readonly Cidr[];
}

export type PeerTerm = PodTerm | NodeTerm | NetworkTerm;
export type KnownPeer = Exclude<PolicyPeer, { readonly kind: 'unknown' }>;

let lastId = 0;

export function peerTerm(key: string, peer: KnownPeer): PeerTerm {
  const term = { key, id: ++lastId, digest: digest(key), users: 0 };
  switch (peer.kind) {
    case 'pods':
      return { ...term, kind: 'pods', selector: peer };
    case 'nodes':
      return { ...term, kind: 'nodes', selector: peer.nodes };
    case 'network':
      return { ...term, kind: 'network', cidr: peer.cidr, except: usefulExcepts(peer) };
  }
}

/** Equal for peers whose normalised text is equal: they match the same. */
export function peerKey(peer: KnownPeer): string {
  switch (peer.kind) {
    case 'pods':
      return `pods ${podSelectorKey(peer)}`;
    case 'nodes':
      return `nodes ${selectorKey(peer.nodes)}`;
    case 'network':
      return ['network', peer.cidr, ...usefulExcepts(peer)].join(' ');
  }
}

/** Sorted, without duplicates and without exceptions outside the network. */
function usefulExcepts({ cidr, except }: { readonly cidr: Cidr; readonly except: readonly Cidr[] }): Cidr[] {
  const within = except.filter(inner => containsCidr(cidr, inner) || containsCidr(inner, cidr));
  return [...new Set(within)].sort(compareText);
}

export function containsCidr(outer: Cidr, inner: Cidr): boolean {
  return cidrPrefixLength(outer) <= cidrPrefixLength(inner) && cidrContains(outer, cidrAddr(inner));
}
