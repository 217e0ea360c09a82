import { toHeadwaterError, type HeadwaterError } from '../../domain/errors';
import { factsOf } from '../../domain/fault-facts';
import { form as formTexts, hostKeys as keyTexts, options as optionTexts } from '../../panel/texts/forms';
import { notify as notifyTexts } from '../../panel/texts/notify';
import { newProject } from '../../panel/texts/pages';
import { contextFor, tryAddress } from './failure-context';
import type { PanelContext } from './panel-context';
import type { SentForm } from './read-form';
import { explainFailure } from './view/failure';
import { linesOf } from './view/failure-words';
import type { FaultyFields, FormInput } from './view/form-view';

/** What is shown of a form that was not saved, or only tested. */
export type Unsaved = Pick<FormInput, 'values'> &
  Partial<Pick<FormInput, 'faults' | 'hostKeys' | 'result' | 'optionsOpen'>>;

/** Told to the person at the field, not to a log. */
export class FieldError extends Error {
  constructor(readonly faults: FaultyFields) {
    super('a field cannot be used');
  }
}

/** At the field where a field is to blame, otherwise above the buttons. */
export function explainForm(thrown: unknown, context: PanelContext, sent: SentForm): Omit<Unsaved, 'values'> {
  if (thrown instanceof FieldError) return { faults: thrown.faults };
  const error = toHeadwaterError(thrown);
  if (error.kind === 'bug') throw thrown;
  const faults = fieldFaults(error, sent);
  if (faults !== null) return { faults };
  const url = tryAddress(sent.values.address);
  const direction = sent.values.direction === 'push' ? 'to' : 'from';
  const failure = explainFailure(error.toFault(), { ...contextFor(context, url), direction });
  return { result: { tone: 'bad', lines: linesOf(failure) } };
}

function fieldFaults(error: HeadwaterError, sent: SentForm): FaultyFields | null {
  if (error.code === 'url_invalid' || error.code === 'url_scheme_forbidden') return { address: addressFault(error) };
  const aboutProject = projectFault(error);
  if (aboutProject !== null) return aboutProject;
  if (error.code !== 'input_invalid') return null;
  const faults: Record<string, string> = {};
  for (const { field, message } of error.fieldFaults) {
    if (field === 'name') faults['name'] = newProject.nameInvalid;
    else if (field === 'owner') faults['owner'] = newProject.ownerDenied;
    else if (field === 'url') faults['address'] = formTexts.addressMissing;
    else if (field === 'auth_user')
      faults['username'] = message.includes('colon') ? formTexts.noColon : formTexts.noControl;
    else if (field === 'auth_password') faults['password'] = formTexts.noControl;
    else if (field === 'mirror_branch_regex')
      faults['pattern'] =
        sent.values.options.branchPattern === '' ? formTexts.patternMissing : formTexts.patternInvalid;
    else if (field === 'token_expires_at') faults['tokenEnd'] = formTexts.tokenEndInvalid;
    else if (field === 'lfs_url') faults['lfsUrl'] = optionTexts.lfsUrlInvalid;
    else if (field === 'notify_url') faults['notifyUrl'] = notifyTexts.urlInvalid;
    else if (field === 'interval') faults['interval'] = formTexts.intervalInvalid(message);
    else if (field.startsWith('ssh_host_keys')) faults['keys'] = keyTexts.first;
  }
  return Object.keys(faults).length > 0 ? faults : null;
}

/** Where a project is made too. */
function projectFault({ code }: HeadwaterError): FaultyFields | null {
  switch (code) {
    case 'project_exists':
      return { name: newProject.exists };
    case 'project_owner_denied':
      return { owner: newProject.ownerDenied };
    case 'token_missing':
      return { token: newProject.tokenMissing };
    case 'token_invalid':
      return { token: newProject.tokenInvalid };
    case 'token_scope_missing':
      return { token: newProject.tokenScope };
    default:
      return null;
  }
}

/** What is said while an address is typed says it better, where it knows. */
function addressFault(error: HeadwaterError): string {
  return formTexts.addressUnreadable(factsOf(error)['why'] ?? null);
}
