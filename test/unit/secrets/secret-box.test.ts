import { randomBytes } from 'node:crypto';
import { createSecretBox } from '../../../src/adapters/secrets/secret-box';
import { Secret } from '../../../src/domain/credentials';

const key = Buffer.alloc(32, 1);
const otherKey = Buffer.alloc(32, 2);
const context = 'mirror:1|https://upstream.example|alice';
const canary = 'pässword-🐙-canary';
const box = createSecretBox([key]);

const unreadable = expect.objectContaining({ code: 'secret_unreadable' });

describe('a secret box', () => {
  it.each([canary, '', 'x'.repeat(100_000)])('opens what it sealed (%#)', (text) => {
    expect(box.open(box.seal(new Secret(text), context), context).reveal()).toBe(text);
  });

  it('writes a record with version, key id, nonce and text, and no trace of the secret', () => {
    const sealed = box.seal(new Secret(canary), context);
    // The first 8 digits of the SHA-256 of 32 bytes of 0x01.
    expect(sealed).toMatch(/^v1\.72cd6e84\.[\w-]{16}\.[\w-]+$/);
    expect(sealed).not.toContain('canary');
    expect(Buffer.from(sealed.split('.')[3] ?? '', 'base64url').toString('latin1')).not.toContain('canary');
  });

  it('never writes the same record twice', () => {
    const records = Array.from({ length: 100 }, () => box.seal(new Secret(canary), context));
    expect(new Set(records).size).toBe(100);
  });

  it('opens a record of an earlier release', () => {
    const sealed = 'v1.72cd6e84.AAECAwQFBgcICQoL.09P7UkWMNKheJtqEGx8aS0KvfFrmQZY';
    expect(box.open(sealed, 'context').reveal()).toBe('hunter2');
  });

  it('opens nothing that was moved to another mirror, origin or user (SEC-03, SEC-04)', () => {
    const sealed = box.seal(new Secret(canary), context);
    for (const other of ['mirror:2|https://upstream.example|alice', 'mirror:1|https://evil.example|alice', '']) {
      expect(() => box.open(sealed, other)).toThrow(unreadable);
    }
  });

  it('opens nothing in which one bit is flipped, wherever it is', () => {
    const [version, id, nonce = '', text = ''] = box.seal(new Secret('short'), context).split('.');
    const flipped = (encoded: string, bit: number): string => {
      const bytes = Buffer.from(encoded, 'base64url');
      bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      return bytes.toString('base64url');
    };
    for (let bit = 0; bit < 12 * 8; bit += 1) {
      expect(() => box.open([version, id, flipped(nonce, bit), text].join('.'), context)).toThrow(unreadable);
    }
    for (let bit = 0; bit < (5 + 16) * 8; bit += 1) {
      expect(() => box.open([version, id, nonce, flipped(text, bit)].join('.'), context)).toThrow(unreadable);
    }
  });

  it.each(['', 'v1', 'v1...', 'v1.72cd6e84.AAAA.AAAA', 'plain text', 'a.b.c.d.e'])('opens no garbage: "%s"', (text) => {
    expect(() => box.open(text, context)).toThrow(unreadable);
  });

  it('opens no record that was cut, lengthened, relabelled or spelled otherwise', () => {
    const sealed = box.seal(new Secret(canary), context);
    const [version = '', id = '', nonce = '', text = ''] = sealed.split('.');
    const changed = [
      sealed.slice(0, -4),
      `${sealed}AAAA`,
      `${sealed}.`,
      `${sealed}=`,
      ` ${sealed}`,
      ['v2', id, nonce, text].join('.'),
      [version, id.toUpperCase(), nonce, text].join('.'),
      [version, id, nonce, text.slice(0, 10)].join('.'),
    ];
    for (const record of changed) expect(() => box.open(record, context)).toThrow(unreadable);
  });

  it('opens nothing with a key that it does not have', () => {
    const sealed = createSecretBox([otherKey]).seal(new Secret(canary), context);
    expect(() => box.open(sealed, context)).toThrow(unreadable);
  });

  it('opens nothing when another key has the label of the right one', () => {
    const sealed = createSecretBox([otherKey]).seal(new Secret(canary), context);
    const relabelled = ['v1', '72cd6e84', ...sealed.split('.').slice(2)].join('.');
    expect(() => box.open(relabelled, context)).toThrow(unreadable);
  });

  it('rotates: the first key seals, every key opens', () => {
    const old = box.seal(new Secret(canary), context);
    const rotated = createSecretBox([otherKey, key]);
    const fresh = rotated.seal(new Secret('fresh'), context);
    expect(rotated.open(old, context).reveal()).toBe(canary);
    expect(rotated.open(fresh, context).reveal()).toBe('fresh');
    expect(createSecretBox([otherKey]).open(fresh, context).reveal()).toBe('fresh');
    expect(() => box.open(fresh, context)).toThrow(unreadable);
  });

  it.each([[[]], [[randomBytes(31)]], [[key, randomBytes(33)]]])('refuses keys of a wrong length (%#)', (keys) => {
    expect(() => createSecretBox(keys)).toThrow(expect.objectContaining({ code: 'config_invalid' }));
  });
});
