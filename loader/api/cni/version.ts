// The supported versions of the CNI specification, and the first version of each command.
import { CNI_CODE, CniError } from './error.ts';

export const CNI_VERSIONS = ['0.3.1', '0.4.0', '1.0.0', '1.1.0'] as const;

export type CniVersion = (typeof CNI_VERSIONS)[number];

export function parseCniVersion(text: string): CniVersion {
  const version = CNI_VERSIONS.find(known => known === text);
  if (version !== undefined) return version;
  throw new CniError(
    CNI_CODE.incompatibleVersion,
    `CNI version '${text}' is not supported`,
    `Supported are ${CNI_VERSIONS.join(', ')}.`,
  );
}

export function isAtLeast(version: CniVersion, oldest: CniVersion): boolean {
  return CNI_VERSIONS.indexOf(version) >= CNI_VERSIONS.indexOf(oldest);
}

/** Throws when `command` was added to the specification after the configuration's version. */
export function requireSince(command: string, oldest: CniVersion, version: CniVersion): void {
  if (isAtLeast(version, oldest)) return;
  throw new CniError(
    CNI_CODE.incompatibleVersion,
    `${command} does not exist in CNI version ${version}`,
    `It was added in ${oldest}.`,
  );
}
