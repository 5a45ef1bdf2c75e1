// Numbers of the maps become words, and no number is lost that has none.
import t from 'tap';
import { flagNames, enumName } from '../../../cmd/heddlectl/output/enum-names.ts';
import { EndpointKind, NodeFlag } from '../../../loader/abi/abi.gen.ts';

t.test('an enum value is its name in small letters and dashes', t => {
  t.equal(enumName(EndpointKind, EndpointKind.REMOTE_NODE), 'remote-node');
  t.equal(enumName(EndpointKind, 99), '99', 'or its number, where a newer program wrote it');
  t.end();
});

t.test('flags are named one by one', t => {
  t.strictSame(flagNames(NodeFlag, 0), []);
  t.strictSame(flagNames(NodeFlag, NodeFlag.LOCAL | NodeFlag.MAC_KNOWN), ['local', 'mac-known']);
  t.strictSame(flagNames(NodeFlag, NodeFlag.TUNNEL | 0x100), ['tunnel', '0x100'], 'with the unknown rest');
  t.end();
});
