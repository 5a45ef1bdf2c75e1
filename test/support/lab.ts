// Labs in tests: each under a name of its own, and gone when its test ends, however that ends.
import { randomBytes } from 'node:crypto';
import { labDown } from '../../lab/down.ts';
import { execIn, type ExecOutcome } from '../../lab/exec.ts';
import { nodeNamed, type Lab, type LabPod } from '../../lab/lab.ts';
import { DEFAULT_OPTIONS, planPod, type LabOptions } from '../../lab/plan.ts';
import { addPod, type Labels } from '../../lab/pods.ts';
import { hasRemnants } from '../../lab/remnants.ts';
import { labUp } from '../../lab/up.ts';

/** Of tap's `t`, what is used here. */
interface Test {
  teardown(clean: () => Promise<void>): void;
}

export type TestLabOptions = Partial<Omit<LabOptions, 'name'>>;

/** Brings a lab up for one test; two nodes with two pods each by default. */
export async function testLab(t: Test, options: TestLabOptions = {}): Promise<Lab> {
  const name = labName();
  t.teardown(() => takeDown(name));
  return labUp({ ...DEFAULT_OPTIONS, ...options, name });
}

/** A name that no other test has. */
export function labName(): string {
  return `t${process.pid.toString(36)}${randomBytes(3).toString('hex')}`;
}

/** The lab's pod of that name: `n1-p1` is the first one of node `n1`. */
export function podNamed(lab: Lab, name: string): LabPod {
  const pod = lab.pods.find(candidate => candidate.name === name);
  if (pod === undefined) throw new RangeError(`the lab has no pod named '${name}'`);
  return pod;
}

/** Adds one more pod to a node; `number` distinguishes it from the node's other pods. */
export function addTestPod(lab: Lab, node: string, number: number, labels: Labels = {}): Promise<LabPod> {
  return addPod(lab, planPod(lab.options, nodeNamed(lab, node).name, number), labels);
}

/** A pod, a node or the outside host: a namespace with addresses. */
export interface TestHost {
  readonly name: string;
  readonly netns: string;
  readonly addresses: readonly string[];
}

/** The address of that family. */
export function addressOf(party: TestHost, family: 'ipv4' | 'ipv6'): string {
  const found = party.addresses.find(address => address.includes(':') === (family === 'ipv6'));
  if (found === undefined) throw new RangeError(`${party.name} has no ${family} address`);
  return found;
}

/** Runs a command in a party's namespace and answers what it printed; throws unless it succeeds. */
export async function mustExec(party: { readonly netns: string }, ...argv: string[]): Promise<string> {
  const outcome: ExecOutcome = await execIn(party.netns, argv);
  if (outcome.code === 0) return outcome.stdout;
  throw new Error(`'${argv.join(' ')}' ended with ${outcome.code}: ${outcome.stdout}${outcome.stderr}`);
}

async function takeDown(name: string): Promise<void> {
  await labDown(name);
  if (hasRemnants(name)) throw new Error(`lab ${name} left something behind`);
}
