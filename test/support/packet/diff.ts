// How two packets differ, in the words of their headers.
import { decode } from './decode.ts';
import type { Layer, LayerName } from './layer.ts';

const SHOWN_CHARACTERS = 60;

export interface DiffOptions {
  readonly first?: LayerName;
  /** Fields that may be anything, as `layer field`: 'udp sourcePort', 'ipv4 2 id'. */
  readonly ignore?: readonly string[];
}

/** One line for each difference: `layer field: want X, got Y`; inner layers are numbered: `ipv4 2`. */
export function diffPackets(want: Uint8Array, got: Uint8Array, options: DiffOptions = {}): readonly string[] {
  const wanted = labelled(decode(want, options.first));
  const found = labelled(decode(got, options.first));
  const ignored = new Set(options.ignore);
  const labels = new Set([...wanted.keys(), ...found.keys()]);
  return [...labels].flatMap(label => {
    const pair = [wanted.get(label), found.get(label)] as const;
    return diffLayers(label, pair, ignored);
  });
}

/** A packet on one line, for messages. */
export function describePacket(packet: Uint8Array, first?: LayerName): string {
  return decode(packet, first)
    .map(({ name, fields }) => `${name}(${shownFields(fields)})`)
    .join(' / ');
}

type Fields = Readonly<Partial<Record<string, unknown>>>;

function labelled(layers: readonly Layer[]): ReadonlyMap<string, Fields> {
  const counts = new Map<string, number>();
  return new Map(
    layers.map(({ name, fields }) => {
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      return [count === 1 ? name : `${name} ${count}`, { ...fields }];
    }),
  );
}

function diffLayers(
  label: string,
  [want, got]: readonly [Fields | undefined, Fields | undefined],
  ignored: ReadonlySet<string>,
): string[] {
  if (want === undefined) return [`${label}: want none, got ${shownFields(got ?? {})}`];
  if (got === undefined) return [`${label}: want ${shownFields(want)}, got none`];
  const names = new Set([...Object.keys(want), ...Object.keys(got)]);
  return [...names]
    .filter(name => want[name] !== got[name] && !ignored.has(`${label} ${name}`))
    .map(name => `${label} ${name}: want ${shown(want[name])}, got ${shown(got[name])}`);
}

function shownFields(fields: object): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name} ${shown(value)}`)
    .join(', ');
}

function shown(value: unknown): string {
  const text = String(value);
  return text.length <= SHOWN_CHARACTERS
    ? text
    : `${text.slice(0, SHOWN_CHARACTERS)}… (${text.length} characters)`;
}
