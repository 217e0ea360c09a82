/*
 * A plain look with the names that a forge's style sheets have: variables of its theme, and the classes that the panel uses.
 * Written for tests; nothing is taken from a forge.
 */

const light = {
  body: '#ffffff',
  'box-header': '#f3f3f4',
  'box-body': '#fafafa',
  secondary: '#d9d9de',
  'secondary-dark-2': '#b9b9c0',
  'secondary-dark-6': '#6f6f78',
  'secondary-alpha-50': '#d9d9de80',
  text: '#17181a',
  'text-light-1': '#3c3d42',
  'text-light-2': '#54555c',
  'input-background': '#ffffff',
  'input-border': '#b9b9c0',
  'input-text': '#17181a',
  button: '#ececee',
  hover: '#0000000d',
  primary: '#1f5fae',
  'primary-contrast': '#ffffff',
  red: '#c62828',
  'red-contrast': '#ffffff',
  yellow: '#8a6100',
  'icon-green': '#1c7a3a',
  'icon-red': '#c62828',
  'label-bg': '#ececee',
  'label-text': '#33343a',
  'code-bg': '#f6f6f8',
  'error-bg': '#fde9e9',
  'error-border': '#f1b5b5',
  'error-text': '#8a1c1c',
  'warning-bg': '#fff5d6',
  'warning-border': '#ead28c',
  'warning-text': '#6b4700',
  'success-bg': '#e3f6e8',
  'success-border': '#a9d9b6',
  'success-text': '#175a2c',
  'info-bg': '#e5f0fc',
  'info-border': '#a9cbef',
  'info-text': '#174a7c',
};

const dark: Readonly<Record<keyof typeof light, string>> = {
  body: '#17191c',
  'box-header': '#24272b',
  'box-body': '#1d2023',
  secondary: '#383c42',
  'secondary-dark-2': '#4c5158',
  'secondary-dark-6': '#8d939c',
  'secondary-alpha-50': '#383c4280',
  text: '#e6e7e9',
  'text-light-1': '#c9cbd0',
  'text-light-2': '#b0b3ba',
  'input-background': '#24272b',
  'input-border': '#4c5158',
  'input-text': '#e6e7e9',
  button: '#33373d',
  hover: '#ffffff14',
  primary: '#7db4f5',
  'primary-contrast': '#0d1520',
  red: '#b3261e',
  'red-contrast': '#ffffff',
  yellow: '#e0b64c',
  'icon-green': '#6fcf8b',
  'icon-red': '#f28b82',
  'label-bg': '#33373d',
  'label-text': '#d3d5d9',
  'code-bg': '#24272b',
  'error-bg': '#4a1f1f',
  'error-border': '#7c3a3a',
  'error-text': '#fbc9c5',
  'warning-bg': '#4a3a10',
  'warning-border': '#7c6526',
  'warning-text': '#fbe3a1',
  'success-bg': '#173d24',
  'success-border': '#2f6b43',
  'success-text': '#b5ecc5',
  'info-bg': '#16324f',
  'info-border': '#2f5c8a',
  'info-text': '#bcdcff',
};

const index = `
:root { --fonts-monospace: monospace; --border-radius: 4px; --font-weight-normal: 400; --font-weight-medium: 500; --font-weight-semibold: 600; }
* { box-sizing: border-box; }
body { margin: 0; font: 14px/1.43 sans-serif; background: var(--color-body); color: var(--color-text); }
a { color: var(--color-primary); }
.ui.container { width: min(100% - 2rem, 1200px); margin: 0 auto; }
.ui.top.attached.header { display: flex; align-items: center; justify-content: space-between; margin: 0; padding: .75rem 1rem; font-size: 1.07rem; font-weight: 400; background: var(--color-box-header); border: 1px solid var(--color-secondary); border-radius: 4px 4px 0 0; }
.ui.attached.segment { padding: 1rem; background: var(--color-box-body); border: 1px solid var(--color-secondary); border-top: 0; border-radius: 0 0 4px 4px; }
.ui.button { display: inline-block; min-height: 30px; padding: .6rem 1.2rem; border: 1px solid var(--color-secondary-dark-2); border-radius: 4px; background: var(--color-button); color: var(--color-text); font: inherit; line-height: 1; text-decoration: none; cursor: pointer; }
.ui.tiny.button { padding: .5rem .9rem; font-size: .86rem; }
.ui.primary.button { background: var(--color-primary); border-color: var(--color-primary); color: var(--color-primary-contrast); }
.ui.red.button { background: var(--color-red); border-color: var(--color-red); color: var(--color-red-contrast); }
.ui.button:disabled { opacity: .5; }
.ui.form label, .ui.form legend { display: block; font-size: .93rem; font-weight: 500; }
.ui.form .field > label { margin-bottom: .3rem; }
.ui.form :is(input:not([type=radio], [type=checkbox]), select, textarea) { width: 100%; padding: .55rem .75rem; border: 1px solid var(--color-input-border); border-radius: 4px; background: var(--color-input-background); color: var(--color-input-text); font: inherit; }
.ui.form .help { font-size: .93rem; }
.ui.table { width: 100%; border: 1px solid var(--color-secondary); border-radius: 4px; border-collapse: separate; border-spacing: 0; }
.ui.table thead th { background: var(--color-box-header); }
.ui.table :is(td, th) { border-top: 1px solid var(--color-secondary); text-align: left; }
code { padding: 0 .2em; background: var(--color-code-bg); border-radius: 3px; }
progress { accent-color: var(--color-primary); }
`;

/** The style sheet at a path of the forge, or null. */
export function forgeStyle(path: string): string | null {
  const name = /^\/assets\/css\/([\w-]+)\.css(\?.*)?$/.exec(path)?.[1];
  if (name === 'index') return index;
  if (name === undefined || !name.startsWith('theme-')) return null;
  if (name.endsWith('-dark')) return rule(dark, 'dark');
  if (name.endsWith('-auto'))
    return `${rule(light, 'light')}\n@media (prefers-color-scheme: dark) { ${rule(dark, 'dark')} }`;
  return rule(light, 'light');
}

function rule(colours: Readonly<Record<string, string>>, scheme: string): string {
  const variables = Object.entries(colours).map(([name, value]) => `--color-${name}: ${value};`);
  return `:root { color-scheme: ${scheme}; ${variables.join(' ')} }`;
}
