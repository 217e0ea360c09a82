import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Eta } from 'eta';
import * as actions from '../../panel/texts/actions';
import { how } from '../../panel/texts/how';
import { addressWords } from '../../panel/texts/address-hints';
import { backups } from '../../panel/texts/backups';
import * as forms from '../../panel/texts/forms';
import { guards } from '../../panel/texts/guards';
import * as historyTexts from '../../panel/texts/history';
import { notify } from '../../panel/texts/notify';
import { newProject, pages } from '../../panel/texts/pages';
import { keySteps, states } from '../../panel/texts/states';
import { webhook } from '../../panel/texts/webhook';
import { barWidth, changesHeight, timesHeight } from './view/chart';

/** Every text that templates name themselves. */
const words = {
  ...actions,
  form: forms.form,
  options: forms.options,
  hostKeys: forms.hostKeys,
  addressWords,
  guards,
  keySteps,
  states,
  newProject,
  how: how.link,
  loading: pages.loading,
  backups,
  notify,
  webhook,
  history: historyTexts.history,
  preview: historyTexts.preview,
};

const heights = { times: timesHeight, changes: changesHeight, bar: barWidth };

export type Render = (template: string, model: object) => string;

/** Templates are read once; each stands in src/panel/views, which ships as it is. */
export function createRender(): Render {
  const eta = new Eta({ views: join(packageRoot(), 'src/panel/views'), cache: true });
  return (template, model) => eta.render(template, { words, heights, ...model });
}

/** The folder of package.json, above both src/ and dist/src/. */
export function packageRoot(): string {
  for (let dir = __dirname; ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'package.json'))) return dir;
    if (dirname(dir) === dir) throw new Error('package.json is missing above the program');
  }
}
