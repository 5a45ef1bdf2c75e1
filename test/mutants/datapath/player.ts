// The processes that play pieces: to start one takes longer than most plays do, so they go on to the next mutant.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Notice, PlayRequest } from './play.ts';

const PROGRAM = 'build/scripts/play-datapath.mjs';

class Player {
  readonly #child = spawn(process.execPath, ['--enable-source-maps', PROGRAM], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  readonly #answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();

  async play(request: PlayRequest): Promise<Notice> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const answer = await this.#answers.next();
    if (answer.done === true) throw new Error('the player has ended before it answered');
    return JSON.parse(answer.value) as Notice;
  }
}

/** As many as play at a time. They end with this process. */
export class Players {
  readonly #idle: Player[] = [];

  async play(request: PlayRequest): Promise<Notice> {
    const player = this.#idle.pop() ?? new Player();
    const notice = await player.play(request);
    this.#idle.push(player);
    return notice;
  }
}
