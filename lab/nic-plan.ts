// Computes each node's NIC settings from --nic.
import { nicOf, parseNicChoice, type NicSettings } from './nic-profile.ts';

export interface NicOptions {
  /** Profiles, each `PROFILE` or `PROFILE@NODE`. */
  readonly nic: readonly string[];
  readonly underlay: string;
}

/** By node. Throws a `RangeError` with one sentence when the choices make no underlay. */
export function planNics(options: NicOptions, nodes: readonly string[]): ReadonlyMap<string, NicSettings> {
  const choices = options.nic.map(parseNicChoice);
  for (const { profile, node } of choices)
    if (node !== undefined && !nodes.includes(node))
      throw new RangeError(`--nic ${profile}@${node}: the lab has no node ${node}, only ${nodes.join(', ')}`);
  const nics = nodes.map(node => ({ node, nic: nicOf(node, choices) }));
  const kinds = nics.map(({ nic }) => nic);
  requireUnderlay(options, kinds);
  requireOneRouter(kinds);
  const onWire = kinds.some(harmsFrames);
  return new Map(nics.map(({ node, nic }) => [node, onWire ? { ...nic, ...SINGLE_FRAMES } : nic]));
}

/** Whether the path to the node is impaired frame by frame. */
export function harmsFrames(nic: NicSettings): boolean {
  return nic.corruptOneIn + nic.dropOneIn + nic.duplicateOneIn + nic.reorderOneIn > 0;
}

/**
 * Of every sender, if any path harms frames: a veth carries super-packets whose checksums are not made yet, and there a
 * flipped byte would be summed up as if the sender had meant it.
 */
const SINGLE_FRAMES = { tso: false, txChecksum: false } as const;

function requireUnderlay({ nic, underlay }: NicOptions, nics: readonly NicSettings[]): void {
  const chosen = `--nic ${nic.join(',')}`;
  if (underlay === 'cable' && nics.some(one => harmsFrames(one) || one.vlan0 || one.secondNic || one.vip))
    throw new RangeError(`${chosen} needs a switch between the nodes, which --underlay cable has not`);
  if (!['routed', 'paired'].includes(underlay) && nics.some(one => one.routerMtu > 0))
    throw new RangeError(
      `${chosen} needs a router between the nodes: use --underlay routed or --underlay paired`,
    );
}

/** What the router does with a packet that is too big it does for all. */
function requireOneRouter(nics: readonly NicSettings[]): void {
  const ways = new Set(nics.filter(nic => nic.routerMtu > 0).map(nic => nic.tooBig));
  if (ways.size > 1)
    throw new RangeError(
      '--nic small-mtu, silent-mtu and fragment exclude each other: all nodes have one router',
    );
}
