// What this process has open.
import { readdirSync, readlinkSync } from 'node:fs';

/** Open descriptors as '12 -> anon_inode:bpf-map', sorted. */
export function openDescriptors(): string[] {
  return readdirSync('/proc/self/fd')
    .flatMap(fd => {
      try {
        return [`${fd} -> ${readlinkSync(`/proc/self/fd/${fd}`)}`];
      } catch {
        return []; // the listing's own descriptor
      }
    })
    .sort();
}
