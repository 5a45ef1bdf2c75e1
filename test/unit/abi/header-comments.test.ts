// What the generator reads from C headers beside BTF.
import t from 'tap';
import { commentsOf } from '../../../scripts/abi/header-comments.ts';

const HEADER = `/* The file's own. */
enum colour {
	/* A group of two. */
	COLOUR_RED = 1, /* like blood */
	COLOUR_BLUE,	/* like the sky,
			 * most days */

	/* Alone
	 * in its way. */
	COLOUR_NONE = 1 << 4,
	COLOUR_BARE,
};

struct paint {
	__u32 colour; /* enum colour */
	__u8 pad[4];
	struct addr source; /* who sent it */
} __attribute__((aligned(2)));
`;

t.test('a comment behind an enumerator wins over a heading before it', t => {
  const [colour] = commentsOf(HEADER, 'colour.h');
  t.equal(colour?.kind, 'enum');
  t.equal(colour?.name, 'colour');
  t.strictSame(
    [...(colour?.comments ?? [])],
    [
      ['COLOUR_RED', 'like blood'],
      ['COLOUR_BLUE', 'like the sky, most days'],
      ['COLOUR_NONE', 'Alone in its way.'],
    ],
  );
  t.end();
});

t.test('members of structs are found by their C names', t => {
  const [, paint] = commentsOf(HEADER, 'colour.h');
  t.strictSame(
    [...(paint?.comments ?? [])],
    [
      ['colour', 'enum colour'],
      ['source', 'who sent it'],
    ],
  );
  t.end();
});
