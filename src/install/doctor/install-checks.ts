import { forgeFiles, presenceOf } from '../../panel/embed/forge-files';
import { redirectUris, sameSet, webhookUrl } from '../plan-install';
import { fail, ok, skipped, warn, type Check, type Verdict } from './check';
import { readProbe } from './read-probe';
import { forgeAddress, needsAdminToken, needsPublicUrl, type DoctorDeps } from './doctor-deps';

const install = 'Run "headwater install" again.';
/** How long a delivery may take, and how often it is looked for; ms. */
const deliveryLimitMs = 15_000;
const lookEveryMs = 250;

/** Whether what the installer makes in the forge is there and works. */
export function installChecks(deps: DoctorDeps): Check[] {
  return [
    { id: 'sign_in', after: 'forge', title: 'Signing in', run: () => checkSignIn(deps) },
    { id: 'webhook', after: 'forge', title: 'Webhook', run: () => checkWebhook(deps) },
    { id: 'delivery', after: 'forge', title: 'Delivery of webhooks', run: () => checkDelivery(deps) },
    { id: 'templates', after: 'forge', title: 'Templates', run: () => checkTemplates(deps) },
  ];
}

async function checkSignIn({ manifest, settings, probe }: DoctorDeps): Promise<Verdict> {
  const { oauthClientId, oauthClientSecret, publicUrl } = settings;
  if (oauthClientId === null || oauthClientSecret === null)
    return warn('Nobody can sign in, since no OAuth2 application is set.', install);
  if (publicUrl === null) return fail('The address that signing in comes back to is not known.', needsPublicUrl);
  const [redirect = ''] = redirectUris({ manifest, publicUrl });
  switch (await probe.clientVerdict(oauthClientId, oauthClientSecret, redirect)) {
    case 'fits':
      return ok(`The forge knows the OAuth2 application, its secret and ${redirect}.`);
    case 'client_unknown':
      return fail('The forge does not know the OAuth2 application.', install);
    case 'secret_wrong':
      return fail('The secret of the OAuth2 application is wrong.', install);
    case 'redirect_unknown':
      return fail(`The OAuth2 application does not send people back to ${redirect}.`, install);
    case 'unclear':
      return skipped('The forge does not tell whether it knows the OAuth2 application.');
  }
}

async function checkWebhook({ manifest, settings, admin }: DoctorDeps): Promise<Verdict> {
  if (settings.webhookSecrets === null)
    return warn('No webhook secret is set, so nothing of the forge is believed.', install);
  if (settings.publicUrl === null) return fail('The address of the webhook is not known.', needsPublicUrl);
  if (admin === null) return skipped('Only a site admin sees the webhooks of the forge.', needsAdminToken);
  const url = webhookUrl({ manifest, publicUrl: settings.publicUrl });
  const hook = (await admin.webhooks()).find((each) => each.url === url);
  if (hook === undefined) return fail(`The forge has no webhook to ${url}.`, install);
  if (!hook.active || !sameSet(hook.events, manifest.webhook.events))
    return fail('The webhook is switched off or lacks events.', install);
  return ok(`The forge has a webhook to ${url}.`);
}

/** The forge's own word for a delivery is not to be had over its API, so a signed one is sent and looked for at Headwater. */
async function checkDelivery(deps: DoctorDeps): Promise<Verdict> {
  const { manifest, settings, admin, machine, probe } = deps;
  const { publicUrl, webhookSecrets } = settings;
  const [secret] = webhookSecrets ?? [];
  if (publicUrl === null || secret === undefined) return skipped('Without address and secret nothing is delivered.');
  if (admin === null) {
    const reach = await machine.reach(publicUrl);
    if (reach === 'loopback' || reach === 'private')
      return warn(
        `${publicUrl} leads to a ${reach} address, to which forges deliver nothing unless told so.`,
        `${allowHosts(reach)} With a site admin’s token (--admin-token-file) a delivery is really tried.`,
      );
    return skipped('A test delivery takes a project that only a site admin may make.', needsAdminToken);
  }
  const owner = await probe.tokenOwner(settings.forgeToken);
  if (owner === null) return skipped('Without a token that works there is no account to make a project for.');
  const url = `${webhookUrl({ manifest, publicUrl })}/probe/${deps.newNonce()}`;
  if ((await machine.page(url))?.status !== 200)
    return skipped(
      `Headwater does not answer at ${publicUrl}, so no delivery can be seen.`,
      'Start Headwater, then look again.',
    );

  let seen = false;
  let refused = false;
  await admin.deliverTest({ login: owner.login, token: settings.forgeToken }, url, secret, async () => {
    for (let waited = 0; !seen && !refused && waited < deliveryLimitMs; waited += lookEveryMs) {
      await machine.sleep(lookEveryMs);
      ({ seen, refused } = readProbe((await machine.page(url))?.text ?? ''));
    }
  });
  if (seen) return ok('A test delivery of the forge arrived, signed as it should be.');
  if (refused)
    return fail(
      'A test delivery of the forge arrived, but not signed as it should be.',
      'Look whether a proxy takes headers away (X-Gitea-Signature) or changes what is sent.',
    );
  const reach = await machine.reach(publicUrl);
  return fail(
    `A test delivery of the forge did not arrive at ${publicUrl}.`,
    `${reach === 'public' ? '' : `${allowHosts(reach ?? 'private')} `}The forge’s log says why, after "Unable to deliver webhook".`,
  );
}

function allowHosts(reach: 'loopback' | 'private'): string {
  return `Set ALLOWED_HOST_LIST = external,${reach} in [webhook] of the forge’s app.ini, and restart the forge.`;
}

/** Any page of the forge tells, also the one for signing in, which everybody may see. */
async function checkTemplates({ manifest, script, settings, machine }: DoctorDeps): Promise<Verdict> {
  const { publicUrl } = settings;
  if (publicUrl === null)
    return skipped('What the templates should say depends on Headwater’s address.', needsPublicUrl);
  const page = await machine.page(`${settings.forgeUrl}/user/login`);
  if (page?.status !== 200) return fail('The forge shows no page.', 'Look whether it runs.');
  const files = forgeFiles(manifest, { publicUrl, script });
  if (!page.text.includes(presenceOf(files))) {
    return page.text.includes(`id="${manifest.name}-templates"`)
      ? warn('The templates in the forge are those of another version or address.', install)
      : fail(
          'The forge does not show Headwater: its templates are not in place, or were not reloaded.',
          `${install} If they are there, run "forgejo manager reload-templates" on the forge's server.`,
        );
  }
  const whole = files.find(({ kind }) => kind === 'whole');
  const address = `${settings.forgeUrl}/${whole?.path.replace(/^public\//, '') ?? ''}`;
  const served = await machine.page(address);
  if (served?.text !== whole?.text)
    return fail('The forge does not serve the script of the settings page as it should be.', install);
  return ok(`Projects of ${forgeAddress(settings)} show Headwater in their settings.`);
}
