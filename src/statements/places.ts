import type { VNode } from 'preact'
import type { Settings } from '../config/load.ts'
import type { Limits } from '../limits.ts'
import type { Ui } from '../ui/ui.ts'
import type { Place, Site } from '../web/places.ts'
import { accessibilityPage } from './accessibility.page.tsx'
import { legalPage } from './legal.page.tsx'
import { privacyPage } from './privacy.page.tsx'

type Parts = {
  readonly settings: Settings
  readonly limits: Limits
  readonly rules: { readonly policy: { readonly history: number } }
}

const same = (page: (ui: Ui) => VNode): Place => ({ same: [{ params: {}, page }] })

/** The pages that the law asks for, from the configuration and the figures in force. */
export const statementPlaces = ({ settings, limits, rules }: Parts): Site => {
  const { config, publicUrl } = settings
  const { history } = rules.policy
  return {
    accessibility: same(ui => accessibilityPage({ ui, limits, address: publicUrl.href })),
    legal: same(ui => legalPage({ ui })),
    privacy: same(ui => privacyPage({ ui, limits, config, history })),
  }
}
