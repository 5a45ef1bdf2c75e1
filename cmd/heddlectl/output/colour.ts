// Colour for people at a terminal: what is piped, and what says NO_COLOR, gets plain text, in CI too.
import { isatty } from 'node:tty';
import { createColors } from 'picocolors';

const STDOUT = 1;

export const colour = createColors(isatty(STDOUT) && process.env['NO_COLOR'] === undefined);
