// Numbers of the maps become words, and no number is lost that has none.
import t from 'tap';
import { flagWords, wordOf } from '../../../cmd/heddlectl/output/words.ts';
import { EndpointKind, NodeFlag } from '../../../loader/abi/abi.gen.ts';

t.test('an enum value is its name in small letters and dashes', t => {
  t.equal(wordOf(EndpointKind, EndpointKind.REMOTE_NODE), 'remote-node');
  t.equal(wordOf(EndpointKind, 99), '99', 'or its number, where a newer program wrote it');
  t.end();
});

t.test('flags are named one by one', t => {
  t.strictSame(flagWords(NodeFlag, 0), []);
  t.strictSame(flagWords(NodeFlag, NodeFlag.LOCAL | NodeFlag.MAC_KNOWN), ['local', 'mac-known']);
  t.strictSame(flagWords(NodeFlag, NodeFlag.TUNNEL | 0x100), ['tunnel', '0x100'], 'with the unknown rest');
  t.end();
});
