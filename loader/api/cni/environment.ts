// The CNI_* variables of the runtime, validated by the specification's rules.
import { isAbsolute } from 'node:path';
import type { AttachmentKey } from '../../model/attachment.ts';
import type { AttachRequest } from './attacher.ts';
import { CNI_CODE, CniError } from './error.ts';

/** The variables that the plugin passes on; an unset variable is ''. */
export interface CniVariables {
  readonly containerId: string;
  readonly netns: string;
  /** CNI_NETNS without symbolic links; '': it is not there for the plugin, or an older plugin asks. */
  readonly netnsPath?: string;
  readonly ifname: string;
  readonly args: string;
}

const CONTAINER_ID = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
/** Runtimes use 64 characters; file names, which contain the id, may have 255. */
const MAX_CONTAINER_ID_LENGTH = 128;
/** IFNAMSIZ without its NUL. */
const MAX_IFNAME_BYTES = 15;
/** PATH_MAX without its NUL. */
const MAX_PATH_BYTES = 4095;

export function parseAttachmentKey(variables: CniVariables): AttachmentKey {
  const { containerId, ifname } = variables;
  refuse('CNI_CONTAINERID', containerIdProblem(containerId));
  refuse('CNI_IFNAME', ifnameProblem(ifname));
  return { containerId, ifname };
}

/** CNI_NETNS of a command that requires it. Its existence is checked when it is opened. */
export function requiredNetns(variables: CniVariables): Pick<AttachRequest, 'netns' | 'sandbox'> {
  const { netns: sandbox, netnsPath = '' } = variables;
  if (sandbox === '') refuse('CNI_NETNS', 'is not set');
  refuse('CNI_NETNS', netnsProblem(sandbox));
  return netnsPath === '' || netnsPath === sandbox ? { netns: sandbox } : { netns: netnsPath, sandbox };
}

/** CNI_NETNS of DEL: a value that cannot be a path is treated as a namespace that no longer exists. */
export function netnsIfAny(variables: CniVariables): { netns?: string } {
  const { netns } = variables;
  return netns === '' || netnsProblem(netns) !== undefined ? {} : { netns };
}

function refuse(variable: string, problem: string | undefined): void {
  if (problem !== undefined) throw new CniError(CNI_CODE.invalidEnvironment, `${variable} ${problem}`);
}

function containerIdProblem(id: string): string | undefined {
  if (id === '') return 'is not set';
  if (id.length > MAX_CONTAINER_ID_LENGTH) return `is longer than ${MAX_CONTAINER_ID_LENGTH} characters`;
  if (CONTAINER_ID.test(id)) return undefined;
  return `'${id}' has characters other than letters, digits, '_', '.' and '-', or begins with one of the latter`;
}

function ifnameProblem(ifname: string): string | undefined {
  if (ifname === '') return 'is not set';
  if (Buffer.byteLength(ifname) > MAX_IFNAME_BYTES)
    return `'${ifname}' is longer than ${MAX_IFNAME_BYTES} bytes`;
  if (ifname === '.' || ifname === '..') return `'${ifname}' is not an interface name`;
  if (/[\s/:\0]/.test(ifname)) return `'${ifname}' contains white space, '/', ':' or NUL`;
  if (ifname.includes('%')) return `'${ifname}' contains '%', which the kernel expands as a pattern of names`;
  return undefined;
}

function netnsProblem(netns: string): string | undefined {
  if (!isAbsolute(netns)) return `'${netns}' is not an absolute path`;
  if (Buffer.byteLength(netns) > MAX_PATH_BYTES) return `is longer than ${MAX_PATH_BYTES} bytes`;
  return netns.includes('\0') ? 'contains NUL' : undefined;
}
