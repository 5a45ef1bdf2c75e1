// Sysctls of the node as they were before the daemon: kept when it writes them, and put back by cleanup.
import { isRtnetlinkError, listLinks, type RtnetlinkSocket, writeSysctl } from 'rtnetlink';
import { FAMILIES, type Family } from 'ip';
import { type Change, change } from '../model/change.ts';
import { carriesMark, DEFAULT_NAMES } from './names.ts';
import type { SysctlRecord, WrittenSysctl } from './sysctl-record.ts';
import { FORWARD_ALL, readIfAny, type SysctlNetns, type SysctlSpec } from './sysctls.ts';

/** What these are now, and those of every device that the kernel sets with them. Devices of Heddle's own are left out. */
export function sysctlsBefore(socket: RtnetlinkSocket, wrong: readonly SysctlSpec[]): WrittenSysctl[] {
  const links = listLinks(socket);
  const own = links.filter(({ alias }) => carriesMark(alias, DEFAULT_NAMES.mark)).map(({ name }) => name);
  const devices = ['default', ...links.map(({ name }) => name)].filter(name => !own.includes(name));
  const isOwn = ({ name }: SysctlSpec): boolean => own.some(device => name.includes(`/conf/${device}/`));
  const switched = FAMILIES.filter(family => wrong.some(({ name }) => name === FORWARD_ALL[family]));
  const followers = switched.flatMap(family => devices.map(device => deviceForwarding(family, device)));
  return [...wrong.filter(spec => !isOwn(spec)), ...followers].flatMap(({ name, value: written }) => {
    const before = readIfAny(name, socket.netns);
    return before === undefined ? [] : [{ name, before, written }];
  });
}

/** One that another program has changed since stays; so does one whose device is gone. */
export function restoreSysctls({ sysctls }: SysctlRecord, netns: SysctlNetns): Change[] {
  const found = Object.entries(sysctls).flatMap(([name, { before, written }]) => {
    const current = readIfAny(name, netns);
    return current === undefined ? [] : [{ name, current, before, isOurs: current === written }];
  });
  const isSwitch = ({ name }: { readonly name: string }): boolean =>
    FAMILIES.some(family => name === FORWARD_ALL[family]);
  // The switches first: each sets every device, and what the devices should have comes after.
  const ordered = [...found.filter(isSwitch), ...found.filter(one => !isSwitch(one))];
  return ordered.flatMap(({ name, current, before, isOurs }) => {
    if (!isOurs && current !== before)
      return [
        ...write(name, current, netns),
        change(name, `stays ${current}: another program changed it since`),
      ];
    return write(name, before, netns);
  });
}

function write(name: string, value: string, netns: SysctlNetns): Change[] {
  if (readIfAny(name, netns) === value) return [];
  try {
    writeSysctl(name, value, { netns });
    return [change(name, `${value} again`)];
  } catch (error) {
    if (!isRtnetlinkError(error, 'EROFS', 'EACCES', 'EPERM', 'ENOENT', 'EINVAL')) throw error;
    return [change(name, `cannot be set to ${value} again: ${error instanceof Error ? error.message : ''}`)];
  }
}

function deviceForwarding(family: Family, device: string): SysctlSpec {
  return { name: `net/${family}/conf/${device}/forwarding`, value: '1', optional: true };
}
