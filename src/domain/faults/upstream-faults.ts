import type { CatalogueEntry } from './catalogue-entry';

/** What can go wrong with the repository that is followed. */
export const upstreamFaults = {
  upstream_host_unknown: {
    class: 'unreachable',
    kind: 'transient',
    message: 'The host name {host} could not be resolved.',
    advice: 'Check the spelling of the host name; if it is right, its DNS does not answer at the moment.',
  },
  upstream_unreachable: {
    class: 'unreachable',
    kind: 'transient',
    message: 'No connection to {host} could be made ({why}).',
    advice: 'Check that the upstream is up and reachable from the Headwater server.',
  },
  upstream_tls: {
    class: 'tls',
    kind: 'user',
    message: 'The TLS certificate of {host} was not accepted ({why}).',
    advice: 'Have the upstream renew or correct its certificate, or have the admin install the CA that signed it.',
  },
  upstream_host_key_unconfirmed: {
    class: 'host_key',
    kind: 'user',
    message: 'The SSH host key of {host} has not been confirmed yet, so no connection was made.',
    advice:
      'Have the keys detected (POST .../mirror/pull/host_keys, or "headwater mirror host-keys"), compare their fingerprints with those that the upstream publishes, and confirm them as ssh_host_keys.',
  },
  upstream_host_key_changed: {
    class: 'host_key',
    kind: 'user',
    message: 'The SSH host key of {host} is not the confirmed one: it showed {seen}, confirmed is {confirmed}.',
    advice:
      'Ask those who run the upstream. If the new key is theirs, accept its fingerprint (POST .../mirror/pull/host_keys/accept, or "headwater mirror host-keys --accept"); if not, somebody stands in between.',
  },
  upstream_ssh_key_refused: {
    class: 'credentials',
    kind: 'user',
    message: "The upstream {host} did not accept this mirror's SSH key for the user {user}.",
    advice: "Install the mirror's public key (ssh_public_key) at the upstream, as a deploy key that may read.",
  },
  upstream_ssh_key_unsaved: {
    kind: 'user',
    status: 409,
    message: 'The SSH key for {host} is made when the mirror is saved, so nothing can be signed in with yet.',
    advice: 'Save the mirror, install its public key (ssh_public_key) at the upstream, then test the connection.',
  },
  upstream_ssh_failed: {
    class: 'unusable',
    kind: 'user',
    message: 'No SSH connection with {host} could be agreed on: {why}.',
    advice: 'Check that the address and the port are those of an SSH server, and that it is not outdated.',
  },
  upstream_redirected: {
    class: 'unusable',
    kind: 'user',
    message: 'The upstream redirects to {target}, and redirects are not followed.',
    advice: 'If you trust that place, set the mirror to the new address.',
  },
  upstream_auth_required: {
    class: 'credentials',
    kind: 'user',
    message: 'The upstream {host} asks for a user name and password.',
    advice: 'Enter the user name and a password or access token for the upstream.',
  },
  upstream_credentials_refused: {
    class: 'credentials',
    kind: 'user',
    message: 'The upstream {host} refused the user name and password.',
    advice: 'Enter the password or access token again; it may have expired or been revoked.',
  },
  upstream_forbidden: {
    class: 'credentials',
    kind: 'user',
    message: 'The upstream {host} denies access to this repository (403).',
    advice: 'Give the account read access to the upstream repository.',
  },
  upstream_not_found: {
    class: 'not_found',
    kind: 'user',
    message: 'The upstream repository was not found on {host}, or the account cannot see it.',
    advice: 'Check the address, and whether the repository is private and needs credentials.',
  },
  upstream_rate_limited: {
    class: 'rate_limit',
    kind: 'transient',
    message: 'The upstream {host} asks us to slow down (429).',
    advice: 'Nothing to do; the next try waits as long as the upstream asked for.',
  },
  upstream_unavailable: {
    class: 'unreachable',
    kind: 'transient',
    message: 'The upstream {host} answered with the error {status}.',
    advice: 'Nothing to do if it passes; otherwise ask those who run the upstream.',
  },
  upstream_not_git: {
    class: 'unusable',
    kind: 'user',
    message: 'There is no git repository at this address of {host}: {why}.',
    advice: 'Give the address that "git clone" takes, not the address of a web page.',
  },
  upstream_truncated: {
    class: 'corrupt',
    kind: 'transient',
    message: "The upstream's list of refs broke off in the middle.",
    advice: 'Nothing to do if it passes; otherwise a proxy before the upstream may be cutting answers short.',
  },
  upstream_empty: {
    class: 'unusable',
    kind: 'user',
    message: 'The upstream repository has no branches and no tags.',
    advice: 'Push something to the upstream; nothing was changed in the project.',
  },
  held_upstream_emptied: {
    class: 'difference',
    kind: 'user',
    message: 'The upstream has lost all of its {total} refs.',
    advice: 'Check that the address still leads to the right repository; accept the plan if this is what you want.',
  },
  held_refs_lost: {
    class: 'difference',
    kind: 'user',
    message: 'The upstream has lost {lost} of {total} refs.',
    advice: 'Check that the address still leads to the right repository; accept the plan if this is what you want.',
  },
  held_default_branch_lost: {
    class: 'difference',
    kind: 'user',
    message: 'The upstream has lost its default branch {branch}.',
    advice: 'Check that the address still leads to the right repository; accept the plan if this is what you want.',
  },
  held_unrelated_history: {
    class: 'difference',
    kind: 'user',
    message: 'The upstream shares no history with what was there: {branch} begins anew.',
    advice: 'Check that the address still leads to the right repository; accept the plan if this is what you want.',
  },
  held_first_overwrite: {
    class: 'difference',
    kind: 'user',
    message: 'The first run would overwrite {count} refs that the project already has.',
    advice: 'Look at the plan and accept it if the project may be overwritten.',
  },
  upstream_sha256: {
    class: 'unusable',
    kind: 'user',
    message: 'The upstream is a SHA-256 repository, which forges and Headwater do not support yet.',
    advice: 'Mirror a SHA-1 repository.',
  },
  upstream_stalled: {
    class: 'timeout',
    kind: 'transient',
    message: 'The upstream {host} sent nothing for {seconds} seconds while {phase}.',
    advice: 'Nothing to do if it passes; otherwise the upstream or the network is overloaded.',
  },
  upstream_test_timeout: {
    kind: 'transient',
    message: 'The upstream {host} did not answer in full within {seconds} seconds.',
    advice: 'Try again; an update is more patient than this test.',
  },
  upstream_timeout: {
    class: 'timeout',
    kind: 'transient',
    message: 'The fetch took longer than the allowed {seconds} seconds.',
    advice: 'Ask the admin to raise HEADWATER_FETCH_TIMEOUT for repositories this large.',
  },
  upstream_too_large: {
    class: 'quota',
    kind: 'user',
    message: 'The upstream sent more than the allowed {limit} bytes.',
    advice: 'Ask the admin to raise HEADWATER_FETCH_MAX_BYTES.',
  },
  upstream_too_many_refs: {
    class: 'quota',
    kind: 'user',
    message: 'The upstream lists more refs than the allowed {limit} bytes of listing.',
    advice: 'Ask the admin to raise HEADWATER_LISTING_MAX_BYTES.',
  },
  upstream_corrupt: {
    class: 'corrupt',
    kind: 'transient',
    message: 'The upstream sent damaged or incomplete data: {why}.',
    advice: 'Nothing was pushed. If it happens again, have the upstream checked with "git fsck".',
  },
  upstream_changed: {
    class: 'unreachable',
    kind: 'transient',
    message: 'The upstream changed while it was being fetched.',
    advice: 'Nothing to do; the next try starts from the new state.',
  },
  upstream_refused: {
    class: 'unusable',
    kind: 'user',
    message: 'The upstream {host} refused the fetch: {why}.',
    advice: 'Ask those who run the upstream.',
  },
} as const satisfies Record<string, CatalogueEntry>;
