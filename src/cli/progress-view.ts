import { SingleBar } from 'cli-progress';
import type { Phase, Progress } from '../domain/events';
import type { CliIo } from './cli-deps';
import { showBytes } from './texts';

/** Draws the progress of one run. `stop` may be called at any time and more than once; a later `show` starts anew. */
export interface ProgressView {
  show(progress: Progress): void;
  stop(): void;
}

const silentView: ProgressView = { show: () => undefined, stop: () => undefined };

/** A bar on a terminal, a line now and then elsewhere, nothing for a program that reads JSON. */
export function createProgressView(err: CliIo['err'], json: boolean): ProgressView {
  if (json) return silentView;
  return err.isTTY === true ? barView(err) : lineView(err);
}

function barView(err: CliIo['err']): ProgressView {
  let bar: SingleBar | null = null;
  return {
    show: (progress) => {
      const payload = { phase: progress.phase.padEnd(9), bytes: showBytes(progress.bytes) };
      if (bar === null) {
        bar = new SingleBar({
          // The library takes any writable that looks like a terminal.
          stream: err,
          format: '{phase} [{bar}] {value}/{total} {bytes}',
          hideCursor: false,
        });
        bar.start(progress.total, progress.done, payload);
      } else {
        // A total of 0 means that it is not known yet.
        bar.setTotal(Math.max(progress.total, progress.done));
        bar.update(progress.done, payload);
      }
    },
    stop: () => {
      bar?.stop();
      bar = null;
    },
  };
}

const lineEveryMs = 5000;

function lineView(err: CliIo['err']): ProgressView {
  let phase: Phase | null = null;
  let lastLineAt = 0;
  return {
    show: (progress) => {
      const now = performance.now();
      if (progress.phase === phase && now - lastLineAt < lineEveryMs) return;
      phase = progress.phase;
      lastLineAt = now;
      const of = progress.total > 0 ? ` of ${progress.total}` : '';
      err.write(`${progress.phase}: ${progress.done}${of}, ${showBytes(progress.bytes)}\n`);
    },
    stop: () => undefined,
  };
}
