import fs from 'node:fs/promises';

/** Writes a file whole or not at all, also when the power fails. */
export async function replaceFile(file: string, content: string): Promise<void> {
  const temporary = `${file}.lock`;
  const handle = await fs.open(temporary, 'w');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await fs.rename(temporary, file);
}
