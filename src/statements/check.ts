import type { Settings } from '../config/load.ts'
import type { Finding } from '../directory/directory.ts'
import { branding as schema } from '../ui/theme.ts'

const missing = (setting: string, says: string): Finding => ({
  level: 'warning',
  what: 'statements',
  detail: `branding.${setting} is not given: ${says}`,
})

/** Warns about settings that the legally required pages need. */
export const checkStatements = ({
  config,
  configuredPaths,
}: Pick<Settings, 'config' | 'configuredPaths'>): readonly Finding[] => {
  const { branding } = config
  const isInvented = !configuredPaths.has('branding.institution')
  return [
    isInvented &&
      missing('institution', `every page shows the demonstration’s name, ${schema.parse({}).institution}.`),
    !branding.publisher && missing('publisher', 'the legal notice names the institution instead.'),
    !branding.publicationDirector &&
      missing('publicationDirector', 'the legal notice says that it is not known.'),
    !branding.host && missing('host', 'the legal notice says that it is not known.'),
    !branding.dataProtection &&
      missing('dataProtection', 'people are sent to the helpdesk with their questions.'),
    !branding.audit && missing('audit', 'the accessibility statement says that no audit took place.'),
  ].filter(finding => finding !== false)
}
