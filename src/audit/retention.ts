import type { RetentionOf } from '../retention-rule.ts'

const chain = {
  kept: 'the chain must verify; nothing in it is personal but the id of the entry. What came before a proof is cut after purgeDetails (cut.ts)',
}
const seals = {
  kept: 'one row for each chain, so that deleting a whole chain is detected; nothing in it is personal but the id',
}

export const auditRetention: RetentionOf<
  | 'audit_details'
  | 'audit_events'
  | 'audit_heads'
  | 'audit_cuts'
  | 'audit_sealed_heads'
  | 'audit_seals'
  | 'audit_key_changes'
  | 'audit_sent_heads'
  | 'audit_stream'
> = {
  audit_details: (tx, now, limits) =>
    tx
      .deleteFrom('audit_details')
      .where('at', '<', now - limits.purgeDetails)
      .execute(),
  audit_events: chain,
  audit_heads: chain,
  audit_cuts: chain,
  audit_sealed_heads: seals,
  audit_seals: seals,
  audit_key_changes: seals,
  audit_sent_heads: { kept: 'how far each chain was sent; nothing in it is personal but the id' },
  audit_stream: { kept: 'one row, without a person' },
}
