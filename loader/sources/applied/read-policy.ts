// Reads one policy from one Kubernetes object: already parsed, or as text.
import { HeddleError } from '../../errors.ts';
import { policyKinds } from '../../model/kinds.ts';
import type { Policy } from '../../model/policies.ts';
import { rememberRaw } from '../objects/raw-policies.ts';
import { isPolicyRead, type ClusterObject } from '../objects/cluster-object.ts';
import { parseManifestFile } from '../objects/manifest-file.ts';
import type { Strictness } from '../objects/policy-fields.ts';
import { mistakesOf, readObject, type RefusedObject } from '../objects/read-object.ts';
import { problemsOfPolicy } from './policy-problems.ts';

export interface ReadPolicy {
  readonly policy: Policy;
  /** Whole sentences about what of it is not honoured: those rules fail closed. */
  readonly problems: readonly string[];
}

/** What has been stored, as far as it can be read. Throws `INVALID_REQUEST` with one sentence when it cannot. */
export function readStoredPolicy(value: unknown): Policy {
  return readOne(value, 'stored').policy;
}

/** The same of its text, one document of YAML or JSON. */
export function readStoredPolicyText(text: string): Policy {
  const { objects, problems } = parseManifestFile('manifest', text, 'stored');
  if (objects === undefined) throw new HeddleError('INVALID_REQUEST', problems.join('; '));
  return onlyPolicy(objects).policy;
}

/** What a person has written. Throws `INVALID_REQUEST` with one sentence that names the field. */
export function readPolicyObject(value: unknown): ReadPolicy {
  return readOne(value, 'written');
}

/** `rawPolicy` knows the object from then on. */
function readOne(value: unknown, strictness: Strictness): ReadPolicy {
  const read = readObject(value, strictness);
  if ('problem' in read) throw new HeddleError('INVALID_REQUEST', sentencesOf(read));
  return onlyPolicy(read.objects);
}

/** One document of YAML or JSON; the sentence begins with its line. */
export function readPolicyText(text: string): ReadPolicy {
  const { objects, problems } = parseManifestFile('manifest', text, 'written');
  if (objects === undefined) throw new HeddleError('INVALID_REQUEST', problems.join('; '));
  const read = objects.length > 0 ? onlyPolicy(objects) : undefined;
  const alien = problems.find(problem => read?.problems.some(known => problem.endsWith(known)) !== true);
  if (alien !== undefined) throw new HeddleError('INVALID_REQUEST', alien);
  return read ?? onlyPolicy(objects);
}

function sentencesOf(read: RefusedObject): string {
  return mistakesOf(read)
    .map(({ sentence }) => sentence)
    .join('; ');
}

function onlyPolicy(objects: readonly ClusterObject[]): ReadPolicy {
  const [only, ...others] = objects;
  if (only === undefined || others.length > 0 || !isPolicyRead(only)) {
    const found = only === undefined ? 'nothing' : others.length > 0 ? 'more than that' : `a ${only.kind}`;
    const wanted = `one ${policyKinds.join(' or ')}`;
    throw new HeddleError('INVALID_REQUEST', `write ${wanted}: there is ${found}`);
  }
  const { object: policy, raw } = only;
  rememberRaw(policy, raw);
  return { policy, problems: problemsOfPolicy(policy) };
}
