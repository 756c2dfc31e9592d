/** Points at which a test kills the process, or throws as if it had been killed. In production nothing happens there. */
export type Failpoint =
  | 'attempt-committed'
  | 'person-locked'
  | 'about-to-write'
  | 'written'
  | 'proved'
  | 'accepted'
  | 'refusal-known'
  | 'delivery-claimed'
  | 'delivery-about-to-write'
  | 'delivery-sent'
  | 'delivery-finished'
export type Failpoints = (point: Failpoint) => void | Promise<void>
