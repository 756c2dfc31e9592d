import type { Say } from '../texts/texts.ts'
import { goesToDesk, isNoticeKind } from './notify.ts'

/** Stands for a code, which is in its mail alone. */
const hiddenCode = '••••'

/**
 * The subject of a mail, to name it later. `until`: what its subject says, if that is still known. Of a mail to the helpdesk the
 * person reads only that there was one; `null`: a kind that this version does not know.
 */
export function subjectOf(say: Say, notice: string, until = ''): string | null {
  if (!isNoticeKind(notice)) return null
  if (goesToDesk(notice)) return say('mail.to-desk')
  if (notice === 'password-expiring' && until === '') return say('mail.password-expiring.named')
  return say(`mail.${notice}.subject`, { until, code: hiddenCode })
}
