// Which pods that go a new one has to wait for: their DEL was answered, and their devices are still there.
import type { Addr } from 'ip';
import type { Attachment } from '../model/attachment.ts';
import { isRebuilt } from './host-interface.ts';

export interface Newcomer {
  readonly containerId: string;
  /** Undefined: its interface is there already. */
  readonly netns?: string | undefined;
  /** Asked for by value, or reserved. */
  readonly addresses: readonly Addr[];
}

/** Pure. One that was rebuilt from its device does not say whose it was, nor in which namespace it is. */
export function conflictsWith(going: Attachment, { containerId, netns, addresses }: Newcomer): boolean {
  return (
    going.containerId === containerId ||
    (netns !== undefined && going.netns === netns) ||
    isRebuilt(going) ||
    going.addresses.some(addr => addresses.includes(addr))
  );
}
