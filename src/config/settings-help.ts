import { configFileVariable, fileVariable, settingList } from './settings';

/** The settings as text for --help: name, default and meaning of every row of the table. */
export function settingsHelp(): string {
  const rows = settingList.flatMap((setting) => {
    const shown = setting.default === null || setting.default === '' ? setting.unset : setting.default;
    const row = { name: setting.name, shown, meaning: setting.meaning };
    const fromFile = { name: fileVariable(setting), shown: 'optional', meaning: `File that holds ${setting.name}.` };
    return setting.secret ? [row, fromFile] : [row];
  });
  rows.push({
    name: configFileVariable,
    shown: 'optional',
    meaning: 'File of NAME=value lines; the environment wins.',
  });
  const nameWidth = Math.max(...rows.map((row) => row.name.length));
  const shownWidth = Math.max(...rows.map((row) => row.shown.length));
  const lines = rows.map((row) => `  ${row.name.padEnd(nameWidth)}  ${row.shown.padEnd(shownWidth)}  ${row.meaning}`);
  return ['Settings (environment variables):', ...lines].join('\n');
}
