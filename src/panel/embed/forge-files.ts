import { createHash } from 'node:crypto';
import type { PluginManifest } from '../../domain/plugin-manifest';

/** A file below the forge's CUSTOM_PATH. */
export interface ForgeFile {
  /** With slashes, relative to CUSTOM_PATH. */
  readonly path: string;
  readonly text: string;
  /** block: a part of a file that may hold more, between our two marks; whole: the file is ours. */
  readonly kind: 'block' | 'whole';
}

export interface EmbedOptions {
  /** Headwater's address as browsers see it, without a slash at the end. */
  readonly publicUrl: string;
  /** The script of the settings page, as it is served. */
  readonly script: string;
}

/**
 * What the forge's own pages show of Headwater: the panel in a project's settings, a tab, a link at the top. These templates
 * exist, empty, in every Forgejo and Gitea (facts of Forgejo 11: base/footer.tmpl, repo/header.tmpl, base/head_navbar.tmpl),
 * and each gets the page's whole data. Only keys that both forges have are asked for; an absent one counts as false.
 */
export function forgeFiles(manifest: PluginManifest, options: EmbedOptions): readonly ForgeFile[] {
  const { publicUrl, script } = options;
  const { name, settingsPanel, repositoryTab, topLink } = manifest;
  const scriptPath = `${name}/embed.js`;
  const projectUrl = (address: string) =>
    publicUrl + address.replace('{owner}', '{{.Repository.OwnerName}}').replace('{repo}', '{{.Repository.Name}}');
  const audience = { write: 'or .IsRepositoryAdmin .CanWriteCode', admin: '.IsRepositoryAdmin' }[
    repositoryTab.audience
  ];

  const loader = [
    // Custom files are cached for hours, so a new script needs a new address.
    `<script src="{{AssetUrlPrefix}}/${scriptPath}?v=${digest(script)}" defer nonce="{{ctx.CspScriptNonce}}"`,
    ` data-headwater="${escapeAttribute(publicUrl)}" data-health="${manifest.health.live}"`,
    ' data-owner="{{.Repository.OwnerName}}" data-repo="{{.Repository.Name}}"{{if .Repository.IsMirror}} data-native{{end}}',
    ` data-slot="${escapeAttribute(JSON.stringify(settingsPanel))}"></script>`,
  ].join('');
  const settings = `{{if .PageIsSettingsOptions}}{{if .IsRepositoryAdmin}}${loader}{{end}}{{end}}`;
  const tab = `<a class="item" href="${projectUrl(repositoryTab.address)}">{{svg "${repositoryTab.icon}"}} ${repositoryTab.title}</a>`;
  const link = `<a class="item" href="${publicUrl}${topLink.address}">${topLink.title}</a>`;
  const tabs = `{{if ${audience}}}${tab}{{end}}`;
  const links = `{{if .IsSigned}}${link}{{end}}`;
  return [
    { path: `public/assets/${scriptPath}`, text: script, kind: 'whole' },
    { path: 'templates/custom/extra_tabs.tmpl', text: tabs, kind: 'block' },
    { path: 'templates/custom/extra_links.tmpl', text: links, kind: 'block' },
    {
      path: 'templates/custom/footer.tmpl',
      text: `${presence(name, settings + tabs + links)}${settings}`,
      kind: 'block',
    },
  ];
}

/** The element by which anybody can tell that these very templates are in use; it shows nothing. */
export function presenceOf(files: readonly ForgeFile[]): string {
  const footer = files.find(({ path }) => path.endsWith('/footer.tmpl'));
  return /<template [^>]*><\/template>/.exec(footer?.text ?? '')?.[0] ?? '';
}

function presence(name: string, text: string): string {
  return `<template id="${name}-templates" data-version="${digest(text)}"></template>`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&#34;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
