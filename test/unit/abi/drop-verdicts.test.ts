// Which drops say something about the network, and which are what every device sends by itself.
import t from 'tap';
import { isDrop, isLinkChatter } from '../../../loader/abi/drop-verdicts.ts';
import { HOOK_NAMES, VERDICT_NAMES } from '../../../loader/abi/hook-name.ts';

t.test('drops are named so, and nothing else is', t => {
  t.strictSame(
    VERDICT_NAMES.filter(verdict => isDrop(verdict)),
    VERDICT_NAMES.slice(VERDICT_NAMES.indexOf('DROP_MALFORMED')),
  );
  t.end();
});

t.test("link chatter is a pod's neighbour messages, and multicast of the overlay device alone", t => {
  const chatter = HOOK_NAMES.flatMap(hook =>
    VERDICT_NAMES.filter(verdict => isLinkChatter({ hook, verdict })).map(verdict => `${hook} ${verdict}`),
  );
  t.strictSame(
    chatter.filter(name => !name.endsWith(' DROP_NEIGHBOUR')),
    ['overlay_tx DROP_MULTICAST'],
  );
  t.equal(chatter.length, HOOK_NAMES.length + 1);
  t.end();
});
