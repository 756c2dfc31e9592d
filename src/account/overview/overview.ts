import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import type { SignedGuard } from '../sessions/signed.ts'
import { overviewPage } from './overview.page.tsx'

/** « Gérer mon compte »: everything at a glance, each line with the page where it changes. */
export const overview = (parts: { guard: SignedGuard; ui: (language: Language) => Ui }) => ({
  get: parts.guard('account', 'session', async (ask, { person }) => ({
    kind: 'page',
    page: overviewPage({ ui: parts.ui(ask.language), person }),
  })),
})
