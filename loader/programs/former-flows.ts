// Flows of an earlier build, in tables of another layout: they are carried over when the links switch.
//
// Connections are under way meanwhile. What the old programs enter until the last link has switched is found by a second
// pass; a packet that meets the new programs before its flow does is sent again by its end.
import { codecOf, type BpfMap, type Codec } from 'libbpf-ts';
import { ConntrackFlag, MAPS, type Conntrack } from '../abi/abi.gen.ts';
import { mapCodecs, NAMED_CODECS } from '../abi/codecs.ts';

/** Where all of them go: the programs themselves move on what is assured, at its next packet. */
type FlowTable = BpfMap<unknown, Conntrack>;

export interface FormerTable {
  readonly map: BpfMap;
  /** What it held could not be evicted. */
  readonly isAssured: boolean;
}

/** Carries over what the table does not know yet, or only from the middle; how many flows. */
export function carryFlows(former: readonly FormerTable[], table: FlowTable): number {
  return former.reduce((sum, { map, isAssured }) => sum + carryTable(map, isAssured, table), 0);
}

function carryTable(map: BpfMap, isAssured: boolean, table: FlowTable): number {
  const layouts = map.layouts();
  if (layouts === undefined) return 0;
  const values: Codec<unknown> = codecOf(layouts.value, NAMED_CODECS);
  const from = map.withCodecs(rawCodec(map.info.keySize), values);
  const into = table.withCodecs(rawCodec(map.info.keySize), mapCodecs('hd_ct_unassured').value);
  let count = 0;
  for (const [key, value] of from.entries()) {
    const entry = entryOf(value, isAssured);
    const known = into.get(key);
    if (known !== undefined && !isBetter(entry, known)) continue;
    into.set(key, entry);
    count++;
  }
  return count;
}

/** The old programs have seen who opened it, the new ones have not. */
function isBetter(entry: Conntrack, known: Conntrack): boolean {
  const isMidstream = ({ flags }: Conntrack): boolean => (flags & ConntrackFlag.MIDSTREAM) !== 0;
  return isMidstream(known) && !isMidstream(entry);
}

/** Members that the former layout has, by name; a timer's value holds them in a struct of their own. */
function entryOf(value: unknown, isAssured: boolean): Conntrack {
  const former = value as Partial<Conntrack> & { readonly flow?: Partial<Conntrack> };
  const known = former.flow ?? former;
  const members = Object.entries(known).filter(([name]) => Object.hasOwn(BLANK, name));
  const entry: Conntrack = { ...BLANK, ...Object.fromEntries(members), slot: 0 };
  return { ...entry, flags: (entry.flags & ~ConntrackFlag.MOVING) | (isAssured ? ConntrackFlag.ASSURED : 0) };
}

const BLANK: Conntrack = blankEntry();

function blankEntry(): Conntrack {
  const { valueSize } = MAPS.hd_ct_unassured;
  return mapCodecs('hd_ct_unassured').value.decode(Buffer.alloc(valueSize), 0);
}

function rawCodec(size: number): Codec<Uint8Array> {
  return {
    size,
    encode: (value, into, offset) => {
      into.set(value, offset);
    },
    decode: (bytes, offset) => bytes.slice(offset, offset + size),
  };
}
