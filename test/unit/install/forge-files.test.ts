import { loadManifest } from '../../../src/adapters/manifest/load-manifest';
import { forgeFiles, presenceOf } from '../../../src/panel/embed/forge-files';
import { hasBlock, putBlock, removeBlock } from '../../../src/panel/embed/marked-block';

const manifest = loadManifest();
const files = (script = 'script();') => forgeFiles(manifest, { publicUrl: 'https://hw.example.org/sub', script });
const textOf = (name: string, of = files()) => of.find(({ path }) => path.endsWith(name))?.text ?? '';

describe('what the forge shows of Headwater', () => {
  it('loads the script on the settings page alone, for admins alone, with a nonce and without inline code', () => {
    const footer = textOf('footer.tmpl');
    expect(footer).toMatch(
      /\{\{if \.PageIsSettingsOptions\}\}\{\{if \.IsRepositoryAdmin\}\}<script src="[^"]+" defer nonce="\{\{ctx\.CspScriptNonce\}\}"[^>]*><\/script>\{\{end\}\}\{\{end\}\}$/,
    );
    const slot = /data-slot="([^"]*)"/.exec(footer)?.[1]?.replaceAll('&#34;', '"') ?? '';
    expect(JSON.parse(slot)).toEqual(manifest.settingsPanel);
  });

  it('has a new address for a new script, since forges have browsers keep it for hours', () => {
    const address = (script: string) => /embed\.js\?v=\w+/.exec(textOf('footer.tmpl', files(script)))?.[0];
    expect(address('one')).not.toBe(address('two'));
  });

  it('shows the tab to those who may write, and the link to those who are signed in', () => {
    expect(textOf('extra_tabs.tmpl')).toContain(
      '{{if or .IsRepositoryAdmin .CanWriteCode}}<a class="item" href="https://hw.example.org/sub/panel/{{.Repository.OwnerName}}/{{.Repository.Name}}/status">',
    );
    expect(textOf('extra_links.tmpl')).toBe(
      '{{if .IsSigned}}<a class="item" href="https://hw.example.org/sub/panel/new">New mirror</a>{{end}}',
    );
  });

  it('can be told from outside by an element that changes with every template', () => {
    const elsewhere = forgeFiles(manifest, { publicUrl: 'https://other.example', script: 'script();' });
    expect(presenceOf(files())).toMatch(/^<template id="headwater-templates" data-version="\w{12}"><\/template>$/);
    expect(presenceOf(elsewhere)).not.toBe(presenceOf(files()));
  });
});

describe('a block of ours in a template', () => {
  it.each(['', '<p>admin</p>', '<p>admin</p>\n', 'a\n\n'])(
    'comes after %j and leaves it as it was when it goes',
    (before) => {
      const once = putBlock('headwater', before, 'one');
      expect(once.startsWith(before)).toBe(true);
      const twice = putBlock('headwater', once, 'two');
      expect(twice).not.toContain('one');
      expect(hasBlock('headwater', twice)).toBe(true);
      expect(removeBlock('headwater', twice)).toBe(before);
    },
  );

  it('keeps what an admin wrote behind it', () => {
    const text = `${putBlock('headwater', 'a\n', 'x')}b\n`;
    expect(removeBlock('headwater', putBlock('headwater', text, 'y'))).toBe('a\nb\n');
    expect(removeBlock('other', text)).toBe(text);
  });
});
