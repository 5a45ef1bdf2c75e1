// What is profiled: plain routing, ours and flannel's vxlan backend, over each underlay.
import type { BenchContext } from '../figure.ts';
import { openLabNetwork } from '../net/lab-network.ts';
import { sendOneByOne, type UnderlayKind } from '../net/underlay-offloads.ts';
import { openFlannelPair } from '../peers/flannel.ts';
import { openNativePair } from '../peers/native.ts';
import { breakdownOf, type Breakdown } from './breakdown.ts';
import { profileInTurn } from './rounds.ts';

export interface Profile {
  readonly underlay: UnderlayKind;
  /** By the name of the network, in the order of the columns. */
  readonly breakdowns: ReadonlyMap<string, Breakdown>;
}

/** They stand for the time of their own profile only. */
export async function profileUnderlay(underlay: UnderlayKind, context: BenchContext): Promise<Profile> {
  const shape = underlay === 'wire' ? 'cable' : 'switch';
  await using native = await openNativePair('profilenative', shape);
  await using ours = await openLabNetwork('profileours', 'always', context, shape);
  await using flannel = await openFlannelPair('profileflannel', shape);
  const networks = { 'plain routing': native, ours, flannel };
  if (underlay === 'wire') for (const network of Object.values(networks)) sendOneByOne(network);
  const rounds = await profileInTurn(networks, underlay, context);
  return { underlay, breakdowns: new Map([...rounds].map(([name, each]) => [name, breakdownOf(each)])) };
}
