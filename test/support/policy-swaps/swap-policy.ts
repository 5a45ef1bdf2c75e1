// Swaps the policy of a node between two worlds by the product's writer, again and again.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { synchronizeRcuSync } from 'libbpf-ts';
import { EventKind } from '../../../loader/abi/abi.gen.ts';
import { withExpeditedGracePeriods } from '../../../loader/programs/grace-period.ts';
import { changeControl, readControl } from '../../../loader/tables/control.ts';
import type { OnStep } from '../../../loader/policy-writer/banked-tables.ts';
import { createNodeDevices, openPolicyNode, type PolicyNode } from '../bpf/policy-node.ts';
import type { KernelIds } from './probe.ts';
import { LOCAL_PODS, OWN_NODE, worldInput, type WorldNumber } from './worlds.ts';

const HOOKS = ['pod_tx', 'uplink_rx', 'forward'] as const;
const OPENING_MS = 200;
const SWAPS_A_TURN = 50;

export interface SwappedNode extends Disposable {
  readonly node: PolicyNode;
  readonly ids: KernelIds;
  /** So many times, or as often as the time allows; how often it was. */
  swap(times: number, deadlineMs?: number): Promise<number>;
}

/** Needs the namespace of own-netns.ts. Resolves with world 0 active; `beforeFlip` is called in every swap. */
export async function openSwappedNode(beforeFlip?: () => void): Promise<SwappedNode> {
  const inputs = { 0: worldInput(0), 1: worldInput(1) };
  const directory = mkdtempSync(join(tmpdir(), 'heddle-swaps-'));
  let onSettled = (): void => undefined;
  const onStep: OnStep = step => {
    if (step === 'shadow bank written') beforeFlip?.();
    if (step === 'unused rows deleted') onSettled();
  };
  const gracePeriod = async (): Promise<void> => {
    await Promise.resolve();
    withExpeditedGracePeriods(directory, synchronizeRcuSync);
  };
  createNodeDevices(OWN_NODE, LOCAL_PODS.length);
  const node = openPolicyNode(worldInput(0), { onStep, gracePeriod });
  await sleep(OPENING_MS); // what opening has begun settles
  changeControl(node.node.maps.hd_control, { events: 1n << BigInt(EventKind.DROP) });
  let world: WorldNumber = 0;
  return {
    node,
    ids: idsOf(node),
    swap: async (times, deadlineMs = Number.POSITIVE_INFINITY) => {
      const end = performance.now() + deadlineMs;
      let swaps = 0;
      for (; swaps < times && performance.now() < end; swaps++) {
        const settled = new Promise<void>(resolve => (onSettled = resolve));
        node.writer.update(inputs[(world = other(world))]);
        await settled;
        if (swaps % SWAPS_A_TURN === 0) await turn();
      }
      return swaps;
    },
    [Symbol.dispose]: () => {
      node[Symbol.dispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function other(world: WorldNumber): WorldNumber {
  return world === 0 ? 1 : 0;
}

function idsOf({ node }: PolicyNode): KernelIds {
  const { hd_control, hd_event, hd_ct_unassured } = node.maps;
  return {
    programs: Object.fromEntries(HOOKS.map(hook => [hook, node.program(hook).info().id])),
    ...{ control: hd_control.info.id, events: hd_event.info.id, unanswered: hd_ct_unassured.info.id },
    generation: String(readControl(hd_control).generation),
  };
}
