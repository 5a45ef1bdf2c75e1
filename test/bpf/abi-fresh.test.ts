// The checked-in ABI is that of the objects that were just built.
import { compareLayouts } from 'libbpf-ts';
import t from 'tap';
import { CONFIG_VARIABLES, MAPS, type NodeConfig } from '../../loader/abi/abi.gen.ts';
import { HOOK_NAMES } from '../../loader/abi/hook-name.ts';
import { MAP_NAMES } from '../../loader/abi/map-set.ts';
import { findObjectFolder, readHookObject } from '../../loader/programs/objects.ts';

const folder = findObjectFolder();
const objects = HOOK_NAMES.map(hook => readHookObject(hook, folder)); // throws for maps of another layout

for (const { hook, spec } of objects) {
  t.strictSame([...spec.programs.keys()], [hook], `the object of ${hook} holds that one program`);
}
for (const name of MAP_NAMES) {
  const declared = objects.flatMap(({ spec }) => spec.maps.get(name) ?? []);
  t.ok(declared.length > 0, `a program uses ${name}`);
  t.ok(
    declared.every(map => map.maxEntries === MAPS[name].maxEntries && map.flags === MAPS[name].flags),
    `${name} is declared alike in every object`,
  );
}
for (const name of Object.keys(CONFIG_VARIABLES) as (keyof NodeConfig)[]) {
  const { cName, layout } = CONFIG_VARIABLES[name];
  const variables = objects.flatMap(({ spec }) => spec.variables.get(cName) ?? []);
  t.ok(variables.length > 0, `an object has the setting ${cName}`);
  t.strictSame(
    variables.flatMap(variable => compareLayouts(layout, variable.layout)),
    [],
    `the setting ${cName} is of the generated type`,
  );
}
