// A policy writer over maps of a test's own, whose grace periods end when the test says so.
import type { MapSet } from '../../../loader/abi/map-set.ts';
import { PolicyWriter } from '../../../loader/policy-writer/policy-writer.ts';
import { answers, kernelPolicy } from './kernel-policy.ts';
import { restoreSnapshot, takeSnapshot, type MapSnapshot } from './map-snapshot.ts';
import { commonPeers, endpointRows, VNI, podIdsOf, type PlayedWorld } from './played-world.ts';

export interface WriterRun extends Disposable {
  readonly writer: PolicyWriter;
  /** In order, since the start or since somebody emptied them. */
  readonly steps: string[];
  /** Sentences about changes that could not become active. */
  readonly failures: string[];
  /** What was reported as repaired. */
  readonly repairs: string[];
  /** Ends grace periods until none is waited for. */
  settle(): Promise<void>;
}

export function startWriter(onStep: (step: string) => void = () => undefined): WriterRun {
  const waiting: (() => void)[] = [];
  const steps: string[] = [];
  const failures: string[] = [];
  const repairs: string[] = [];
  const writer = new PolicyWriter({
    vni: VNI,
    onChange: ({ subject, action }) => repairs.push(`${subject}: ${action}`),
    onFailure: error => failures.push(error instanceof Error ? error.message : String(error)),
    onStep: step => {
      steps.push(step);
      onStep(step);
    },
    gracePeriod: () => new Promise(resolve => waiting.push(resolve)),
  });
  return {
    ...{ writer, steps, failures, repairs },
    settle: async () => {
      while (waiting.length > 0) {
        for (const resolve of waiting.splice(0)) resolve();
        await new Promise(setImmediate);
      }
    },
    [Symbol.dispose]: () => writer[Symbol.dispose](),
  };
}

/** The maps as a node has them whose daemon has never known anything but that world. */
export async function freshMaps(maps: MapSet, world: PlayedWorld, empty: MapSnapshot): Promise<MapSnapshot> {
  restoreSnapshot(maps, empty);
  using run = startWriter();
  run.writer.sync(maps, world.input, 'incremental');
  run.writer.syncEndpoints(endpointRows(world));
  await run.settle();
  return takeSnapshot(maps);
}

/** The kernel's verdict on all queries, with the rules that decide. */
export function whoseAnswers(
  maps: MapSet,
  old: PlayedWorld,
  now: PlayedWorld,
): 'old' | 'new' | 'both' | 'neither' {
  const [podIds, peers] = [podIdsOf(old, now), commonPeers(old, now)];
  const found = answers(kernelPolicy(maps, podIds), podIds, peers);
  const [isOld, isNew] = [old, now].map(({ compiled }) => answers(compiled, podIds, peers) === found);
  if (isOld === true && isNew === true) return 'both';
  return isOld === true ? 'old' : isNew === true ? 'new' : 'neither';
}
