// Shows what the last run of all unit tests ran, and writes it to test/coverage.json as what may not be lost.
import { writeFloor } from './coverage/unit-coverage.ts';

process.stdout.write(`${writeFloor().join('\n')}\n`);
