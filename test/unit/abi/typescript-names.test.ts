// How C names are turned into TypeScript's.
import t from 'tap';
import { enumeratorPrefix, typeName } from 'libbpf-ts';
import { layoutName } from '../../../scripts/abi/abi-names.ts';

t.equal(typeName('route_key'), 'RouteKey', 'a struct becomes a type in PascalCase');
t.equal(layoutName('route_key'), 'routeKeyLayout', 'its layout is a constant beside it');
t.equal(
  enumeratorPrefix('node_flag', ['NODE_LOCAL', 'NODE_MAC_KNOWN']),
  'NODE_',
  "an enum's first word goes from names that all begin with it",
);
t.equal(
  enumeratorPrefix('verdict', ['VERDICT_NEXT', 'DROP_ENCAP']),
  '',
  'names that begin differently stay whole',
);
