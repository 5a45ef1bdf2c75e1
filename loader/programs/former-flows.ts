// Copies flows out of an earlier build's conntrack maps, which have another layout, when the links switch.
//
// Traffic continues meanwhile. A second pass copies the flows that the old programs create until the last link has
// switched. A packet that reaches the new programs before its flow is copied is dropped, and its sender retransmits it.
import { codecOf, type BpfMap, type Codec } from 'libbpf-ts';
import { CtFlag, MAPS, type CtEntry } from '../abi/abi.gen.ts';
import { mapCodecs, NAMED_CODECS } from '../abi/codecs.ts';

/** The target, hd_ct_unassured: the programs move an assured flow on to hd_ct at its next packet. */
type FlowTable = BpfMap<unknown, CtEntry>;

export interface FormerTable {
  readonly map: BpfMap;
  /** Flows of this map were not evictable. */
  readonly isAssured: boolean;
}

/** Copies flows that the table lacks, or has only as picked up midstream. Returns the number copied. */
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

/** The old entry knows the originator; the new one was picked up midstream. */
function isBetter(entry: CtEntry, known: CtEntry): boolean {
  const isMidstream = ({ flags }: CtEntry): boolean => (flags & CtFlag.MIDSTREAM) !== 0;
  return isMidstream(known) && !isMidstream(entry);
}

/** Copies members of the former layout by name. A map with a timer nests them in a member `flow`. */
function entryOf(value: unknown, isAssured: boolean): CtEntry {
  const former = value as Partial<CtEntry> & { readonly flow?: Partial<CtEntry> };
  const known = former.flow ?? former;
  const members = Object.entries(known).filter(([name]) => Object.hasOwn(BLANK, name));
  const entry: CtEntry = { ...BLANK, ...Object.fromEntries(members), slot: 0 };
  return { ...entry, flags: (entry.flags & ~CtFlag.MOVING) | (isAssured ? CtFlag.ASSURED : 0) };
}

const BLANK: CtEntry = blankEntry();

function blankEntry(): CtEntry {
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
