// What the runtime said in CNI_* variables, checked by the specification's rules.
import { isAbsolute } from 'node:path';
import type { AttachmentKey } from '../../model/attachment.ts';
import type {} from './attacher.ts';
import { CNI_CODE, CniError } from './error.ts';

/** What the plugin hands over of its environment; an unset variable is ''. */
export interface CniVariables {
  readonly containerId: string;
  readonly netns: string;
  readonly ifname: string;
  readonly args: string;
}

const CONTAINER_ID = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
/** Runtimes use 64 characters; ids name files, which may have 255. */
const LONGEST_CONTAINER_ID = 128;
/** IFNAMSIZ without its NUL. */
const LONGEST_IFNAME = 15;
/** PATH_MAX without its NUL. */
const LONGEST_PATH = 4095;

export function parseAttachmentKey(variables: CniVariables): AttachmentKey {
  const { containerId, ifname } = variables;
  refuse('CNI_CONTAINERID', containerIdProblem(containerId));
  refuse('CNI_IFNAME', ifnameProblem(ifname));
  return { containerId, ifname };
}

/** CNI_NETNS of a command that cannot do without. Whether it exists is for the kernel to say. */
export function requiredNetns(variables: CniVariables): string {
  if (variables.netns === '') refuse('CNI_NETNS', 'is not set');
  refuse('CNI_NETNS', netnsProblem(variables.netns));
  return variables.netns;
}

/** CNI_NETNS of DEL: what cannot be a namespace is as good as one that is gone. */
export function netnsIfAny(variables: CniVariables): { netns?: string } {
  const { netns } = variables;
  return netns === '' || netnsProblem(netns) !== undefined ? {} : { netns };
}

function refuse(variable: string, problem: string | undefined): void {
  if (problem !== undefined) throw new CniError(CNI_CODE.invalidEnvironment, `${variable} ${problem}`);
}

function containerIdProblem(id: string): string | undefined {
  if (id === '') return 'is not set';
  if (id.length > LONGEST_CONTAINER_ID) return `is longer than ${LONGEST_CONTAINER_ID} characters`;
  if (CONTAINER_ID.test(id)) return undefined;
  return `'${id}' has characters other than letters, digits, '_', '.' and '-', or begins with one of the latter`;
}

function ifnameProblem(ifname: string): string | undefined {
  if (ifname === '') return 'is not set';
  if (Buffer.byteLength(ifname) > LONGEST_IFNAME) return `'${ifname}' is longer than ${LONGEST_IFNAME} bytes`;
  if (ifname === '.' || ifname === '..') return `'${ifname}' is no name for an interface`;
  if (/[\s/:\0]/.test(ifname)) return `'${ifname}' contains white space, '/', ':' or NUL`;
  if (ifname.includes('%')) return `'${ifname}' contains '%', which the kernel takes for a pattern of names`;
  return undefined;
}

function netnsProblem(netns: string): string | undefined {
  if (!isAbsolute(netns)) return `'${netns}' is no absolute path`;
  if (Buffer.byteLength(netns) > LONGEST_PATH) return `is longer than ${LONGEST_PATH} bytes`;
  return netns.includes('\0') ? 'contains NUL' : undefined;
}
