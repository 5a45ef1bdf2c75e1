// What is pinned in the BPF file system is removed, and programs are detached.
import { rmSync } from 'node:fs';
import { Link } from 'libbpf-ts';
import { killDaemon } from '../../../lab/daemon.ts';
import type { NodePlan } from '../../../lab/plan.ts';
import { linkPins, mapPin, pinnedHooks, pinnedMapNames, programPin } from '../../../loader/programs/pin.ts';
import { COSTS_FLOWS, COSTS_GUARD, COSTS_NOTHING, type Cost } from '../cost.ts';
import { type Held, nothingToEnd, type Place, type SoakFault } from '../fault.ts';
import { startIfEnded } from './daemon.ts';

const LASTS_MS = 2_000;

function pins(
  name: string,
  cost: Cost,
  lose: (place: Place) => void,
  holds: readonly Held[] = ['pins'],
): SoakFault {
  return {
    ...{ name, holds, cost, lastsMs: LASTS_MS },
    begin: place => {
      lose(place);
      return nothingToEnd;
    },
  };
}

function detach(path: string): void {
  using link = Link.openPinned(path);
  link.detach();
}

function removePins({ pinRoot }: NodePlan, paths: readonly string[]): void {
  if (paths.length === 0) throw new Error(`${pinRoot} has no such pin`);
  for (const path of paths) rmSync(path, { recursive: true });
}

export const PIN_FAULTS: readonly SoakFault[] = [
  pins("a map's pin removed", COSTS_NOTHING, ({ node, random }) =>
    removePins(node, [mapPin(node.pinRoot, random.pick(pinnedMapNames(node.pinRoot)))]),
  ),
  pins("a program's pin removed", COSTS_NOTHING, ({ node, random }) =>
    removePins(node, [programPin(node.pinRoot, random.pick(pinnedHooks(node.pinRoot)))]),
  ),
  pins("a link's pin removed, and so the link", COSTS_GUARD, ({ node, random }) =>
    removePins(node, [random.pick(linkPins(node.pinRoot)).path]),
  ),
  pins('a link detached', COSTS_GUARD, ({ node, random }) => {
    const ofDevices = linkPins(node.pinRoot).filter(({ place }) => 'device' in place);
    detach(random.pick(ofDevices).path);
  }),
  // A living daemon holds the maps: connections go on. Without one, nothing does.
  pins('all pins removed', COSTS_GUARD, ({ node }) => removePins(node, [node.pinRoot]), ['pins', 'daemon']),
  {
    ...{ name: 'all pins removed while the daemon is dead', holds: ['pins', 'daemon'] },
    ...{ cost: COSTS_FLOWS, lastsMs: LASTS_MS },
    begin: async ({ node }) => {
      await killDaemon(node);
      removePins(node, [node.pinRoot]);
      return () => startIfEnded(node);
    },
  },
];
