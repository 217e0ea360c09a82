import { webhookUrl } from '../plan-install';
import { readProbe } from './read-probe';
import { fail, ok, skipped, warn, type Check, type Verdict } from './check';
import { forgeAddress, needsPublicUrl, type DoctorDeps } from './doctor-deps';

/** Headwater as browsers see it: beside the forge, and inside its pages. */
export function addressChecks(deps: DoctorDeps): Check[] {
  return [
    { id: 'address', title: 'Address of Headwater', run: () => checkAddress(deps) },
    { id: 'same_site', title: 'Same site', run: () => checkSite(deps) },
    { id: 'proxy', title: 'Reverse proxy', after: 'address', run: () => checkProxy(deps) },
    { id: 'framing', title: 'Panel in the settings', run: () => checkFraming(deps) },
  ];
}

async function checkAddress({ manifest, settings, machine }: DoctorDeps): Promise<Verdict> {
  const { publicUrl } = settings;
  if (publicUrl === null) return fail("Headwater's own address is not set.", needsPublicUrl);
  const page = await machine.page(publicUrl + manifest.health.live);
  if (page?.status === 200 && page.text.includes('"status":"ok"')) return ok(`Headwater answers at ${publicUrl}.`);
  if (page === null) {
    const why = await machine.whyNoPage(publicUrl);
    return fail(
      `Nothing answers at ${publicUrl}${why === null ? '' : ` (${why.what})`}.`,
      why?.kind === 'certificate'
        ? 'Have NODE_EXTRA_CA_CERTS name the certificate of your own authority; the forge has to trust it too.'
        : 'Start Headwater, and look at the reverse proxy and at HEADWATER_PUBLIC_URL.',
    );
  }
  return fail(
    `Something else than Headwater answers at ${publicUrl} (${page.status}).`,
    page.status >= 502
      ? 'The reverse proxy does not reach Headwater: start it, and look where the proxy looks for it.'
      : 'Look where the reverse proxy leads, and at HEADWATER_PUBLIC_URL.',
  );
}

/** Whose request it is tells only a proxy, and only one that is believed: limits and the audit log count on it. */
async function checkProxy({ manifest, settings, machine, newNonce }: DoctorDeps): Promise<Verdict> {
  const { publicUrl } = settings;
  if (publicUrl === null) return skipped("Headwater's own address is not set.", needsPublicUrl);
  const answer = await machine.page(`${webhookUrl({ manifest, publicUrl })}/probe/${newNonce()}`);
  switch (readProbe(answer?.text ?? '').forwarded) {
    case null:
      return skipped('Headwater does not tell how it is reached.');
    case 'believed':
      return ok('The proxy tells whose requests it hands on, and is believed.');
    case 'not_believed':
      return warn(
        'A proxy hands on requests, but is not believed, so everybody counts as one address.',
        'Add its address, as Headwater sees it, to HEADWATER_TRUSTED_PROXIES.',
      );
    case 'nobody':
      if (!publicUrl.startsWith('https:')) return ok('No proxy stands between.');
      return warn(
        'The proxy does not tell whose requests it hands on, so everybody counts as one address.',
        'Have it set X-Forwarded-For (nginx: proxy_set_header X-Forwarded-For $remote_addr;).',
      );
  }
}

/** Cookies inside a frame are sent only within one site: the same scheme and the same registered domain. */
async function checkSite({ settings }: DoctorDeps): Promise<Verdict> {
  if (settings.publicUrl === null) return skipped("Headwater's own address is not set.", needsPublicUrl);
  const ours = new URL(settings.publicUrl);
  const forge = new URL(forgeAddress(settings));
  if (forge.protocol === 'https:' && ours.protocol !== 'https:')
    return fail(
      'The forge is encrypted and Headwater is not, so browsers show no panel in its pages.',
      'Give Headwater an https:// address, best behind the same reverse proxy.',
    );
  if (forge.protocol === ours.protocol && siteOf(forge.hostname) === siteOf(ours.hostname))
    return ok('Forge and Headwater are of one site, so signing in works inside the forge’s pages.');
  return warn(
    `${ours.host} and ${forge.host} are two sites, so browsers may keep cookies from the panel, and people sign in on a page of its own.`,
    'Put both under one domain, such as forge.example.org and headwater.example.org.',
  );
}

/** The last two labels; which domains are for everybody to register under is not known here. */
function siteOf(host: string): string {
  if (/^[\d.]+$|^\[/.test(host)) return host;
  return host.split('.').slice(-2).join('.');
}

async function checkFraming({ manifest, settings, machine }: DoctorDeps): Promise<Verdict> {
  const forge = await machine.page(`${settings.forgeUrl}/user/login`);
  const framed = forge?.headers['x-frame-options'] ?? '';
  if (/deny/i.test(framed))
    return fail(
      'The forge lets nobody show its pages in a frame, so nobody can sign in inside the panel.',
      'Set X_FRAME_OPTIONS = SAMEORIGIN in [cors] (Gitea: [security]) of app.ini.',
    );
  const { publicUrl } = settings;
  if (publicUrl === null) return skipped("Headwater's own address is not set.", needsPublicUrl);
  const address = manifest.settingsPanel.address.replace('{owner}', manifest.name).replace('{repo}', 'doctor');
  const panel = await machine.page(publicUrl + address);
  if (panel === null) return skipped(`Headwater does not answer at ${publicUrl}.`, 'Start Headwater, then look again.');
  const { origin } = new URL(forgeAddress(settings));
  const ancestors =
    /frame-ancestors ([^;]*)/.exec(panel.headers['content-security-policy'] ?? '')?.[1]?.split(' ') ?? [];
  if (panel.headers['x-frame-options'] !== undefined || !ancestors.includes(origin))
    return fail(
      `Browsers may not show the panel inside ${origin}.`,
      'Set HEADWATER_FORGE_PUBLIC_URL to the forge’s address in browsers, and have no proxy add X-Frame-Options or another Content-Security-Policy.',
    );
  return ok(`The panel may be shown inside ${origin} and nowhere else.`);
}
