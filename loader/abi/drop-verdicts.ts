// Which verdicts are drops, and which of those are each link's own IPv6 messages.

export function isDrop(verdict: string): boolean {
  return verdict.startsWith('DROP_');
}

/**
 * Drops of what every IPv6 device sends by itself: a pod's duplicate address detection, router solicitations and MLD
 * (DROP_NEIGHBOUR), heddle0's own MLD (DROP_MULTICAST at overlay_tx). They say nothing about the network.
 */
export function isLinkChatter({
  hook,
  verdict,
}: {
  readonly hook: string;
  readonly verdict: string;
}): boolean {
  return verdict === 'DROP_NEIGHBOUR' || (hook === 'overlay_tx' && verdict === 'DROP_MULTICAST');
}
