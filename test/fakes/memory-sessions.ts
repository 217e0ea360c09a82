import type { SessionRecord, Sessions } from '../../src/ports/sessions';

export class MemorySessions implements Sessions {
  readonly records = new Map<string, SessionRecord>();

  async get(id: string): Promise<SessionRecord | null> {
    return this.records.get(id) ?? null;
  }

  async put(record: SessionRecord, now: number): Promise<void> {
    for (const { id, expiresAt } of [...this.records.values()]) if (expiresAt < now) this.records.delete(id);
    this.records.set(record.id, record);
  }

  async extend(id: string, expiresAt: number): Promise<void> {
    const record = this.records.get(id);
    if (record !== undefined) this.records.set(id, { ...record, expiresAt });
  }

  async remove(id: string): Promise<void> {
    this.records.delete(id);
  }
}
