import t from 'tap';
import { heddlectl } from '../../support/heddlectl.ts';

t.test('a node that was never set up has no pins', async t => {
  const { code, stderr } = await heddlectl('--pin-root', '/nowhere/heddle', 'map', 'list');
  t.equal(code, 1);
  t.match(stderr, /^heddlectl: .* is not pinned under \/nowhere\/heddle: .*\n$/);
});
