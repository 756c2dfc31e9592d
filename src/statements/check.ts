import type { Settings } from '../config/load.ts'
import type { Finding } from '../directory/directory.ts'
import { branding as schema } from '../ui/theme.ts'

const lacks = (setting: string, says: string): Finding => ({
  level: 'warning',
  what: 'statements',
  detail: `branding.${setting} is not given: ${says}`,
})

/** What the pages that the law asks for cannot say yet. */
export const checkStatements = ({
  config,
  given,
}: Pick<Settings, 'config' | 'given'>): readonly Finding[] => {
  const { branding } = config
  const invented = !given.has('branding.institution')
  return [
    invented &&
      lacks('institution', `every page bears the demonstration’s name, ${schema.parse({}).institution}.`),
    !branding.publisher && lacks('publisher', 'the legal notice names the institution instead.'),
    !branding.publicationDirector &&
      lacks('publicationDirector', 'the legal notice says that it is not known.'),
    !branding.host && lacks('host', 'the legal notice says that it is not known.'),
    !branding.dataProtection &&
      lacks('dataProtection', 'people are sent to the helpdesk with their questions.'),
    !branding.audit && lacks('audit', 'the accessibility statement says that no audit took place.'),
  ].filter(finding => finding !== false)
}
