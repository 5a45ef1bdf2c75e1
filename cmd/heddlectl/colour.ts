// Colour for people at a terminal: what is piped, and what says NO_COLOR, gets plain text, in CI too.
import { createColors } from 'picocolors';

export const colour = createColors(process.stdout.isTTY && process.env['NO_COLOR'] === undefined);
