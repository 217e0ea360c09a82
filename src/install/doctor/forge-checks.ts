import { forgeName, isSupported, supportedForges } from '../forge-support';
import { missingScopes } from '../find-installed';
import { fail, ok, skipped, warn, type Check } from './check';
import { forgeAddress, type DoctorDeps } from './doctor-deps';

const seconds = 1000;

/** What the forge is, whether it takes Headwater's token, and what the account may do. */
export function forgeChecks(deps: DoctorDeps): Check[] {
  const { manifest, settings, probe } = deps;
  const about = () => probe.about(null).catch(() => probe.about(settings.forgeToken));
  return [
    {
      id: 'forge',
      title: 'Forge',
      async run() {
        const found = await about();
        const name = forgeName(found);
        if (!isSupported(manifest, found))
          return fail(`${name} is not supported.`, `Use one of ${supportedForges(manifest)}.`);
        if (!found.httpGit)
          return fail(
            `${name} has git over HTTP switched off.`,
            'Set [repository] DISABLE_HTTP_GIT = false in app.ini.',
          );
        return ok(`${name} answers at ${settings.forgeUrl}.`);
      },
    },
    {
      id: 'forge_address',
      after: 'forge',
      title: 'Address of the forge',
      async run() {
        const { publicUrl } = await about();
        if (publicUrl === null) return skipped('The forge does not tell its own address.');
        if (publicUrl === forgeAddress(settings)) return ok(`Browsers reach the forge at ${publicUrl}.`);
        return fail(
          `The forge calls itself ${publicUrl}, but Headwater takes ${forgeAddress(settings)} for its address in browsers.`,
          `Set HEADWATER_FORGE_PUBLIC_URL=${publicUrl}, or ROOT_URL in [server] of app.ini if that is wrong.`,
        );
      },
    },
    {
      id: 'clock',
      after: 'forge',
      title: 'Clock',
      async run() {
        const { clockDifferenceMs } = await about();
        if (clockDifferenceMs === null) return skipped('The forge does not tell its time.');
        const apart = Math.round(Math.abs(clockDifferenceMs) / seconds);
        const sentence = `The clocks of the forge and of this machine are ${apart} seconds apart.`;
        const cure = 'Have both follow a time server (NTP).';
        if (apart > 300) return fail(sentence, cure);
        return apart > 30 ? warn(sentence, cure) : ok('The clocks of the forge and of this machine agree.');
      },
    },
    {
      id: 'token',
      after: 'forge',
      title: 'Access token',
      async run() {
        const renew = 'Run "headwater install" again, which makes a new one.';
        const owner = await probe.tokenOwner(settings.forgeToken);
        if (owner === null) return fail("The forge refuses Headwater's token, or it lacks the scope read:user.", renew);
        const scopes = await probe.tokenScopes(settings.forgeToken, owner.login);
        if (scopes === null) return ok(`The token belongs to ${owner.login}; the forge does not tell its scopes.`);
        const missing = missingScopes(scopes, manifest.account.scopes);
        if (missing.length > 0) return fail(`The token lacks ${missing.join(' and ')}.`, renew);
        return ok(`The token belongs to ${owner.login} and has its scopes.`);
      },
    },
    {
      id: 'account',
      after: 'forge',
      title: 'Rights of the account',
      async run() {
        const owner = await probe.tokenOwner(settings.forgeToken);
        if (owner === null) return skipped('Without a token that works this cannot be seen.');
        if (owner.siteAdmin) return ok(`${owner.login} is a site admin and may push to every project.`);
        const projects = await deps.projectsWithoutPush();
        if (projects === null) return skipped('The mirrored projects are not known while the database is not.');
        if (projects.denied.length === 0 && projects.unwatched.length > 0)
          return warn(
            `In ${named(projects.unwatched)} ${owner.login} cannot tell when whoever answers for the mirror is made a mere writer.`,
            `Make ${owner.login} an admin of these projects, or a site admin with "headwater install --site-admin"; whoever loses all right to write is noticed without that.`,
          );
        if (projects.denied.length === 0)
          return ok(`${owner.login} may push to all ${projects.asked} mirrored projects; others must add it first.`);
        return fail(
          `${owner.login} may not push to ${named(projects.denied)}.`,
          `Add ${owner.login} to these projects with write access, or make it a site admin with "headwater install --site-admin".`,
        );
      },
    },
    {
      id: 'lfs',
      after: 'forge',
      title: 'LFS',
      async run() {
        const { lfs } = await about();
        return ok(
          lfs
            ? 'The forge keeps LFS files; git-lfs is not needed here.'
            : 'The forge keeps no LFS files, so none are mirrored.',
        );
      },
    },
  ];
}

/** The first of them by name. */
function named(projects: readonly string[]): string {
  const more = projects.length > 5 ? ` and ${projects.length - 5} more` : '';
  return `${projects.slice(0, 5).join(', ')}${more}`;
}
