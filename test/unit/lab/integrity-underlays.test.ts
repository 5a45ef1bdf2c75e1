// Payloads are checked over every NIC profile that a lab may have.
import t from 'tap';
import { NIC_PROFILE_NAMES } from '../../../lab/nic-profile.ts';

// As `make test-profiles` has it.
process.env['NIC_PROFILES'] = 'all';
const { UNDERLAYS } = await import('../../support/integrity/profiles.ts');

t.test('every profile is in an underlay of test/support/integrity/profiles.ts', t => {
  const tried = new Set(UNDERLAYS.flatMap(({ nic }) => nic.map(choice => choice.split('@')[0])));
  t.strictSame(
    NIC_PROFILE_NAMES.filter(name => !tried.has(name)),
    [],
  );
  t.end();
});
