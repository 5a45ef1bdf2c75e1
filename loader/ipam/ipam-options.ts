// What a node's addresses are opened with.

export interface IpamOptions {
  /** `stateDir` of the configuration. */
  readonly directory: string;
  /** /proc/sys/kernel/random/boot_id. */
  readonly bootId: string;
  readonly reuseDelayMs: number;
  /** Whether the node has a device of that name. */
  readonly deviceExists: (name: string) => boolean;
  /** Milliseconds of the boot clock: a cooldown spans restarts of the daemon, and no step of the wall clock ends it. */
  readonly now?: () => number;
}
