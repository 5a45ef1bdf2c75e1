import t from 'tap';
import {
  debianMirrors,
  parseDeb822,
  parseSourcesList,
  type AptSource,
} from '../../../scripts/debian/apt-sources.ts';
import { dependenciesIn, servedAs, sourcesList } from '../../../scripts/debian/own-apt.ts';

const ARCHIVE: AptSource = {
  uri: 'http://mirror.test/debian',
  suites: ['bookworm', 'bookworm-updates'],
  components: ['main'],
  signedBy: '/usr/share/keyrings/debian.gpg',
};
const SECURITY: AptSource = { ...ARCHIVE, uri: 'http://mirror.test/security', suites: ['bookworm-security'] };
const FOREIGN: AptSource = { uri: 'http://other.test/', suites: ['bookworm'], components: ['main'] };

t.test('deb822: stanzas, comments, folded fields', t => {
  const text = [
    'Types: deb deb-src',
    '# a comment: within a stanza',
    'URIs: http://mirror.test/debian',
    'Suites: bookworm',
    ' bookworm-updates',
    'Components: main',
    'Signed-By: /usr/share/keyrings/debian.gpg',
    '',
    'Types: deb',
    'URIs: http://a.test/ http://b.test/',
    'Suites: stable',
    'Components: main contrib',
    'Signed-By:',
    ' -----BEGIN PGP PUBLIC KEY BLOCK-----',
    ' .',
  ].join('\n');
  const second = { suites: ['stable'], components: ['main', 'contrib'] };
  t.strictSame(parseDeb822(text), [
    ARCHIVE,
    { uri: 'http://a.test/', ...second },
    { uri: 'http://b.test/', ...second },
  ]);
  t.end();
});

t.test('deb822: what is off, or is source code, is no source of packages', t => {
  const fields = 'URIs: http://mirror.test/debian\nSuites: bookworm\nComponents: main';
  t.strictSame(parseDeb822(`Types: deb-src\n${fields}\n\nTypes: deb\nEnabled: no\n${fields}\n`), []);
  t.end();
});

t.test('one-line format: options, comments, several components', t => {
  const text = [
    '# deb http://mirror.test/debian bookworm main',
    'deb-src http://mirror.test/debian bookworm main',
    'deb [arch=amd64 signed-by=/usr/share/keyrings/debian.gpg] http://mirror.test/debian bookworm main contrib # here',
    'deb http://mirror.test/security bookworm-security main',
  ].join('\n');
  t.strictSame(parseSourcesList(text), [
    {
      uri: 'http://mirror.test/debian',
      suites: ['bookworm'],
      components: ['main', 'contrib'],
      signedBy: '/usr/share/keyrings/debian.gpg',
    },
    { uri: 'http://mirror.test/security', suites: ['bookworm-security'], components: ['main'] },
  ]);
  t.end();
});

t.test("the mirror is Debian's own, not another's that has a suite of the name", t => {
  t.strictSame(debianMirrors([FOREIGN, ARCHIVE, SECURITY], 'bookworm'), {
    archive: ARCHIVE,
    security: SECURITY,
  });
  t.strictSame(debianMirrors([FOREIGN], 'bookworm'), { archive: FOREIGN, security: undefined });
  t.throws(() => debianMirrors([SECURITY], 'bookworm'), { message: /no apt source .* 'bookworm'/ });
  t.end();
});

t.test('our sources: each suite from the mirror that has it, with its key', t => {
  const text = sourcesList({ archive: ARCHIVE, security: SECURITY });
  t.match(
    text,
    'deb [signed-by=/usr/share/keyrings/debian.gpg] http://mirror.test/debian trixie-backports main\n',
  );
  t.match(text, 'http://mirror.test/security bookworm-security main\n');
  t.notMatch(sourcesList({ archive: FOREIGN, security: undefined }), /-security|signed-by/);
  t.end();
});

t.test('what apt-cache prints', t => {
  t.strictSame(dependenciesIn('Package: a\nDepends: b (= 1), c | d, e\nSize: 1\n'), ['b', 'c', 'e']);
  const madison =
    ' a | 2-1~bpo | http://mirror.test/debian trixie-backports/main amd64 Packages\n' +
    ' a | 1-1 | http://mirror.test/debian trixie/main amd64 Packages\n';
  const policy = 'a:\n  Installed: (none)\n  Candidate: 1-1\n  Version table:\n';
  t.strictSame(servedAs(policy, madison), { version: '1-1', suite: 'trixie' });
  t.end();
});
