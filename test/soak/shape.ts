// What a node holds, whatever numbers the kernel has given: after a fault that had devices and programs made anew it is the
// same as before.
import type { Lab } from '../../lab/lab.ts';
import { holdingsOf, type Holdings } from '../chaos/leaks.ts';

/** Numbers of what was made anew, and where they stand. */
const NUMBERS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/: map (\S+) is \d+$/, ': map $1'],
  [/: link \d+, program [1-9]\d*$/, ': attached'],
  [/"handle":\d+,?/g, ''],
];
/** Not `link_index`: that is the other end's, in another namespace. */
const INDEX = /"(ifindex)":(\d+)/g;

export async function shapeOf(lab: Lab): Promise<Holdings> {
  const holdings = await holdingsOf(lab);
  const names = deviceNames(holdings.state);
  return { ...holdings, state: new Set([...holdings.state].map(line => withoutNumbers(line, names))) };
}

/** Without descriptors: clients that have gone leave some for seconds. */
export function atRest(holdings: Holdings): Holdings {
  return { ...holdings, fds: new Map() };
}

/** By node and index, of the lines that list devices. */
function deviceNames(lines: ReadonlySet<string>): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const line of lines) {
    const [, node = '', json = ''] = /^(\S+): link: (\{.*\})$/.exec(line) ?? [];
    if (json === '') continue;
    const { ifindex, ifname } = JSON.parse(json) as { readonly ifindex: number; readonly ifname: string };
    names.set(`${node} ${ifindex}`, ifname);
  }
  return names;
}

function withoutNumbers(line: string, names: ReadonlyMap<string, string>): string {
  const node = line.slice(0, line.indexOf(':'));
  const named = line.replace(
    INDEX,
    (_, member: string, index: string) => `"${member}":"${names.get(`${node} ${index}`) ?? index}"`,
  );
  return NUMBERS.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), named);
}
