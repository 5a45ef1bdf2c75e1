import t from 'tap';
import { droppedVerdicts, explained } from '../../mutants/datapath/dropped-verdicts.ts';

const FILE = 'bpf/lib/example.h';
const SOURCE = `
static __always_inline enum verdict first(const struct packet *pkt)
{
	if (pkt->ttl)
		return DROP_MALFORMED;
	return pkt->route ? DROP_ROUTE_MISSING : VERDICT_NEXT;
}

static __noinline enum verdict second(ctx_t *ctx,
				      struct packet *pkt)
{
	v = DROP_MALFORMED;
	if (v >= DROP_MALFORMED || v == DROP_ENCAP)
		return DROP_MALFORMED;
	metrics_count(HOOK_POD_TX, DROP_ENCAP, 1);
	return v ? DROP_POLICY_EGRESS : DROP_POLICY_INGRESS;
}
`;

const mutants = droppedVerdicts(FILE, SOURCE);

t.test('what is returned or assigned is a mutant, named for its function and verdict', t => {
  t.strictSame(
    mutants.map(({ name }) => name),
    [
      'first-DROP_MALFORMED',
      'first-DROP_ROUTE_MISSING',
      'second-DROP_MALFORMED',
      'second-DROP_MALFORMED-2',
      'second-DROP_POLICY_EGRESS',
      'second-DROP_POLICY_INGRESS',
    ],
  );
  t.end();
});

t.test('its edit counts every time that the verdict is written', t => {
  t.strictSame(
    mutants.filter(({ name }) => name.startsWith('second-DROP_MALFORMED')).map(({ edits }) => edits),
    [2, 4].map(nth => [{ file: FILE, find: 'DROP_MALFORMED', replace: 'VERDICT_NEXT', nth }]),
  );
  t.end();
});

t.test('an explanation belongs to a mutant that is there', t => {
  const [first] = explained(mutants, { 'first-DROP_MALFORMED': { equivalent: 'nobody sends it' } });
  t.equal(first?.equivalent, 'nobody sends it');
  t.throws(() => explained(mutants, { 'third-DROP_DECAP': { equivalent: '' } }), /named third-DROP_DECAP/);
  t.end();
});
