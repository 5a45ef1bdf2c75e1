import { readFileSync } from 'node:fs';
import { MapType, readObject, type Layout, type MapSpec } from 'libbpf-ts';
import t from 'tap';
import { objectPath } from '../support/bpf/object-path.ts';
import { HOOKS } from '../support/bpf/table.ts';

/** The kernel cuts what is longer (BPF_OBJ_NAME_LEN less the closing zero). */
const NAME_MAX = 15;
/** The kernel keeps what it likes in there, and hides it from everybody. */
const KERNELS_OWN = 'bpf_timer';

/** Which bytes of a value no member names: what stands there would count in a hash key. */
function uncovered(layout: Layout): readonly number[] {
  const covered = new Set(coveredBytes(layout, 0));
  return Array.from({ length: layout.size }, (_, byte) => byte).filter(byte => !covered.has(byte));
}

function coveredBytes(layout: Layout, offset: number): readonly number[] {
  switch (layout.kind) {
    case 'struct':
    case 'union':
      if (layout.name === KERNELS_OWN) return bytesFrom(offset, layout);
      return layout.members.flatMap(member => coveredBytes(member.layout, offset + member.offset));
    case 'array':
      return Array.from({ length: layout.length }).flatMap((_, index) =>
        coveredBytes(layout.element, offset + index * layout.element.size),
      );
    default:
      return bytesFrom(offset, layout);
  }
}

function bytesFrom(offset: number, { size }: Layout): readonly number[] {
  return Array.from({ length: size }, (_, byte) => offset + byte);
}

/** Records, of which the map knows only the size of the whole. */
function isRing({ type }: MapSpec): boolean {
  return type === MapType.RINGBUF;
}

function shapeOf({ type, keySize, valueSize, maxEntries, flags }: MapSpec): object {
  return { type, keySize, valueSize, maxEntries, flags };
}

const shared = new Map<string, MapSpec>();

for (const hook of HOOKS) {
  t.test(`${hook}: maps have short names, keys without holes, and one shape in all objects`, t => {
    for (const map of readObject(readFileSync(objectPath(hook))).maps.values()) {
      t.ok(map.name.length <= NAME_MAX, `${map.name} is not cut`);
      t.ok((map.key !== undefined && map.value !== undefined) || isRing(map), `${map.name} is typed`);
      if (map.key !== undefined) t.same(uncovered(map.key), [], `every byte of ${map.name}'s key has a name`);
      if (map.value !== undefined) t.same(uncovered(map.value), [], `so has every byte of its value`);
      t.same(shapeOf(map), shapeOf(shared.get(map.name) ?? map), `${map.name} is the same everywhere`);
      shared.set(map.name, map);
    }
    t.end();
  });
}
