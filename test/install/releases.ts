// The Debian releases that docs/install.md is played on.

export interface Release {
  /** As Debian counts, and docs/install.md names them. */
  readonly number: number;
  readonly codename: string;
  /** Packages that a machine of it has before, beside those of every machine. */
  readonly installed: readonly string[];
  /** What heddled runs on. */
  readonly node: string;
}

export const RELEASES: readonly Release[] = [
  // A Node that is too old.
  { number: 12, codename: 'bookworm', installed: ['nodejs'], node: '/usr/lib/heddle/node/bin/node' },
  // What ping recommends: it changes sysctls when it is installed.
  { number: 13, codename: 'trixie', installed: ['linux-sysctl-defaults'], node: '/usr/bin/node' },
];

/** The release as it is before anything is installed, with the packages that will be wanted in apt's cache. */
export function rootFolder({ codename }: Release): string {
  return `build/roots/${codename}`;
}
