// Registry of labs: a directory each, so that any process finds them.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab, LabPod } from './lab.ts';
import { directoryOf, LABS_DIRECTORY, type LabPlan, type PodPlan } from './plan.ts';

/** Claims the lab's name and records its plan before anything is created. Throws if the name is taken. */
export function claimLab(plan: LabPlan): void {
  const { name } = plan.options;
  if (mkdirSync(plan.directory, { recursive: true }) === undefined)
    throw new RangeError(
      `a lab named '${name}' is there already: 'heddlectl lab down ${name}' takes it down`,
    );
  mkdirSync(podsDirectory(name));
  writeWhole(planFile(name), { ...plan, pods: [] });
}

export function recordPod(lab: Pick<Lab, 'options'>, pod: LabPod): void {
  writeWhole(podFile(lab.options.name, pod), pod);
}

export function forgetPod(lab: Pick<Lab, 'options'>, pod: PodPlan): void {
  rmSync(podFile(lab.options.name, pod), { force: true });
}

/** The lab's current state; undefined if there is no such lab. */
export function findLab(name: string): Lab | undefined {
  if (!existsSync(planFile(name))) return undefined;
  const plan = readJson(planFile(name)) as Lab;
  const pods = readdirSync(podsDirectory(name)).filter(file => file.endsWith('.json'));
  return { ...plan, pods: pods.sort().map(file => readJson(join(podsDirectory(name), file)) as LabPod) };
}

export function listLabs(): Lab[] {
  const names = existsSync(LABS_DIRECTORY) ? readdirSync(LABS_DIRECTORY).sort() : [];
  return names.map(findLab).filter(lab => lab !== undefined);
}

function planFile(lab: string): string {
  return join(directoryOf(lab), 'lab.json');
}

function podsDirectory(lab: string): string {
  return join(directoryOf(lab), 'pods');
}

function podFile(lab: string, pod: PodPlan): string {
  return join(podsDirectory(lab), `${pod.name}.json`);
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Atomically: other processes may be reading. */
function writeWhole(path: string, content: object): void {
  writeFileSync(`${path}.tmp`, JSON.stringify(content, undefined, 2));
  renameSync(`${path}.tmp`, path);
}
