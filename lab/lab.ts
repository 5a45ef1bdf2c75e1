// A lab in being: brought up step by step, found again by its name, taken down whatever state it is in.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askStatus } from '../loader/api/status-client.ts';
import { addPodInterface, deletePodInterface } from './cni.ts';
import { startDaemon, stopDaemon, waitForDaemon, writeDaemonConfig } from './daemon.ts';
import { buildFabric, removeNetns } from './fabric.ts';
import { ensureBpffs } from './bpffs.ts';
import { removePod, writeClusterManifests, writePod } from './manifests.ts';
import {
  DEFAULT_OPTIONS,
  LABS_DIRECTORY,
  planLab,
  type LabOptions,
  type LabPlan,
  type NodePlan,
  type PodPlan,
} from './plan.ts';

export interface LabPod extends PodPlan {
  readonly addresses: readonly string[];
}

export interface Lab extends Omit<LabPlan, 'pods'> {
  readonly pods: readonly LabPod[];
}

export type Progress = (step: string) => void;

/** Brings a lab up; when that fails, what there was of it is taken down again. */
export async function labUp(options: LabOptions, progress: Progress = () => undefined): Promise<Lab> {
  const plan = planLab(options);
  if (existsSync(plan.directory))
    throw new Error(
      `a lab named ${options.name} is up: take it down with 'heddlectl lab down ${options.name}'`,
    );
  try {
    return await build(plan, progress);
  } catch (error) {
    await labDown(options.name).catch(() => undefined); // the first error says more
    throw error;
  }
}

async function build(plan: LabPlan, progress: Progress): Promise<Lab> {
  ensureBpffs();
  mkdirSync(plan.directory, { recursive: true });
  save({ ...plan, pods: [] });
  progress(`namespaces and underlay of ${plan.nodes.length} nodes`);
  buildFabric(plan);
  writeClusterManifests(plan);
  for (const node of plan.nodes) writeDaemonConfig(plan, node);
  progress('daemons');
  for (const node of plan.nodes) startDaemon(node);
  await Promise.all(plan.nodes.map(waitUntilReady));
  progress(`${plan.pods.length} pods`);
  let lab: Lab = { ...plan, pods: [] };
  for (const pod of plan.pods) lab = await addPod(lab, pod);
  return lab;
}

/** Settles when the daemon of the node answers that it is ready. */
export function waitUntilReady(node: NodePlan): Promise<void> {
  return waitForDaemon(node, async ({ socket }) => (await askStatus(socket))?.ready === true);
}

/** Adds a pod by the plugin; the lab that has it. */
export async function addPod(
  lab: Lab,
  pod: PodPlan,
  labels: Readonly<Record<string, string>> = {},
): Promise<Lab> {
  writePod(lab, pod, labels);
  const result = await addPodInterface(nodeOf(lab, pod), pod);
  const addresses = result.ips.map(ip => ip.address.replace(/\/\d+$/, ''));
  return save({ ...lab, pods: [...lab.pods, { ...pod, addresses }] });
}

export async function deletePod(lab: Lab, pod: PodPlan): Promise<Lab> {
  await deletePodInterface(nodeOf(lab, pod), pod);
  removePod(lab, pod);
  return save({ ...lab, pods: lab.pods.filter(other => other.name !== pod.name) });
}

/** Takes everything of the lab away; does nothing when there is nothing. */
export async function labDown(name: string): Promise<void> {
  const plan = findLab(name) ?? planLab({ ...FALLBACK, name });
  await Promise.all(plan.nodes.map(stopDaemon));
  for (const node of plan.nodes) rmSync(node.pinRoot, { recursive: true, force: true });
  for (const netns of namespacesOf(name)) removeNetns(netns);
  rmSync(plan.directory, { recursive: true, force: true });
}

export function findLab(name: string): Lab | undefined {
  const path = descriptionFile(name);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Lab) : undefined;
}

export function listLabs(): Lab[] {
  const names = existsSync(LABS_DIRECTORY) ? readdirSync(LABS_DIRECTORY) : [];
  return names.map(findLab).filter(lab => lab !== undefined);
}

/** The namespace of a pod, a node, `outside` or `fabric`. */
export function netnsOf(lab: Lab, name: string): string {
  const found = [...lab.pods, ...lab.nodes].find(part => part.name === name);
  if (found !== undefined) return found.netns;
  if (name === 'outside') return lab.outside.netns;
  if (name === 'fabric') return lab.fabricNetns;
  const known = [...lab.pods, ...lab.nodes].map(part => part.name).join(', ');
  throw new Error(
    `lab ${lab.options.name} has no pod or node named '${name}': it has ${known}, outside and fabric`,
  );
}

export function nodeOf(lab: Pick<Lab, 'nodes'>, pod: PodPlan): NodePlan {
  const node = lab.nodes.find(candidate => candidate.name === pod.node);
  if (node === undefined)
    throw new Error(`pod ${pod.name} is on node ${pod.node}, which the lab does not have`);
  return node;
}

/** A lab whose description was never written may still have namespaces: they are found by name. */
const FALLBACK: LabOptions = { ...DEFAULT_OPTIONS, nodes: 1, podsPerNode: 0 };

function namespacesOf(lab: string): string[] {
  const all = existsSync('/run/netns') ? readdirSync('/run/netns') : [];
  const form = new RegExp(`^hd-${lab}-(fabric|outside|n\\d+(-.+)?)$`);
  return all.filter(name => form.test(name)).map(name => `/run/netns/${name}`);
}

function save(lab: Lab): Lab {
  const path = descriptionFile(lab.options.name);
  writeFileSync(`${path}.tmp`, JSON.stringify(lab, undefined, 2));
  renameSync(`${path}.tmp`, path);
  return lab;
}

function descriptionFile(name: string): string {
  return join(LABS_DIRECTORY, name, 'lab.json');
}
