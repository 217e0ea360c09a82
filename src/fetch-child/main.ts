/**
 * The fetch child: reads one job from standard input, fetches, reports on standard output, and ends. It parses bytes of
 * strangers in C, so it is given nothing to lose: no secret, no network but the gate, no database.
 */
import { download } from './download';
import { sendMessage, type FetchJob } from './messages';

let input = '';
let started = false;

process.stdin.setEncoding('utf8');
process.stdin.on('data', (text: string) => {
  if (started) return;
  input += text;
  const end = input.indexOf('\n');
  if (end < 0) return;
  started = true;
  void run(JSON.parse(input.slice(0, end)) as FetchJob);
});
// The parent holds the other end open for as long as it lives. A fetch in progress could delay an ordinary exit.
process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL'));

async function run(job: FetchJob): Promise<void> {
  try {
    const missing = await download(job, sendMessage);
    sendMessage(
      missing === null
        ? { type: 'done' }
        : { type: 'failed', message: `the object ${missing} is missing`, missing: true },
    );
  } catch (error) {
    // nodegit's errors need not be instances of this realm's Error.
    const { message } = error as { message?: unknown };
    sendMessage({ type: 'failed', message: String(message).slice(0, 1000), missing: false });
  }
  // Nothing is left to do, and the parent ends this process.
}
