import fs from 'node:fs/promises';

/**
 * Writes a file whole or not at all. It is not forced to the disk, which would cost more than the rest of a small update:
 * what a power failure tears is found out when the cache is opened, and the cache is made anew.
 */
export async function replaceFile(file: string, content: string): Promise<void> {
  const temporary = `${file}.lock`;
  await fs.writeFile(temporary, content);
  await fs.rename(temporary, file);
}
