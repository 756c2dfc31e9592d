import type { VNode } from 'preact'
import type { Settings } from '../config/load.ts'
import type { Limits } from '../limits/limits.ts'
import type { PasswordRules } from '../password/password.ts'
import type { Ui } from '../ui/ui.ts'
import type { RouteHandlers, Router } from '../web/register-routes.ts'
import { accessibilityPage } from './accessibility.page.tsx'
import { legalPage } from './legal.page.tsx'
import { privacyPage } from './privacy.page.tsx'

type Deps = {
  readonly settings: Settings
  readonly limits: Limits
  readonly rules: Pick<PasswordRules, 'historyKept'>
}

const staticPage = (page: (ui: Ui) => VNode): RouteHandlers => ({ staticPages: [{ params: {}, page }] })

/** The legally required pages, from the configuration and the limits in force. */
export const statementRoutes = ({ settings, limits, rules }: Deps): Router => {
  const { config, publicUrl } = settings
  return {
    accessibility: staticPage(ui => accessibilityPage({ ui, limits, address: publicUrl.href })),
    legal: staticPage(ui => legalPage({ ui })),
    privacy: staticPage(ui => privacyPage({ ui, limits, config, history: rules.historyKept })),
  }
}
