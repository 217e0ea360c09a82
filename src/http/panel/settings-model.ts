import type { Rich } from '../../panel/texts/rich';
import type { LoadedPushes } from './load-pushes';
import type { Note } from './page';
import type { Action } from './view/action';
import type { FormView } from './view/form-view';
import type { HookView } from './view/hook-view';
import type { PullView } from './view/pull-view';
import type { PushView } from './view/push-view';

/** What stands on a page of the template "settings", from top to bottom. */
export interface SettingsModel {
  /** A secret that is shown this once. */
  readonly once: { readonly title: string; readonly text: Rich; readonly secret: string } | null;
  /** In place of everything else. */
  readonly note: Note | null;
  readonly intro: string | null;
  readonly form: FormView | null;
  readonly pull: PullView | null;
  readonly editForm: FormView | null;
  /** Below the form that edits. */
  readonly hook: HookView | null;
  readonly pushes: readonly PushView[];
  readonly updateAll: Action | null;
  /** Why no push mirror can be added; where somebody asked. */
  readonly hindrance: Rich | null;
  readonly pushNote: LoadedPushes['note'];
  readonly foot: readonly Action[] | null;
  /** Things can be changed. */
  readonly may: boolean;
}

export const emptySettings: SettingsModel = {
  once: null,
  note: null,
  intro: null,
  form: null,
  pull: null,
  editForm: null,
  hook: null,
  pushes: [],
  updateAll: null,
  hindrance: null,
  pushNote: null,
  foot: null,
  may: false,
};
