/** The tables of the audit log (`schema.ts`). */
export type AuditTables = {
  audit_heads: { chain: string; sequence: number; link: string }
  audit_events: {
    chain: string
    sequence: number
    at: number
    kind: string
    actor: string
    digest: string
    link: string
    subject: string | null
  }
  audit_cuts: { chain: string; sequence: number; link: string; newest: number; cut_at: number; seal: string }
  audit_sealed_heads: { chain: string; sequence: number; link: string }
  audit_key_changes: { chain: string; sequence: number; seal: string }
  audit_sent_heads: { chain: string; sequence: number }
  audit_stream: { id: string; number: number; holder: string; lease_until: number }
  audit_seals: { id: string; sequence: number; at: number; body: string; sum: string }
  audit_details: { chain: string; sequence: number; at: number; body: string }
}
