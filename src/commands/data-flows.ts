import { dataFlows } from '../dossier/data-flows.ts'
import { dossierSections } from '../dossier/dossier.ts'
import { drawFlows } from '../dossier/flow-drawing.ts'
import { print, withSettings } from './command-context.ts'

/** `sesame data-flows`: what the dossier of this installation shows, as a drawing or as its tables. */
export const printDataFlows = ({ tables }: { readonly tables?: true }) =>
  withSettings(async ({ config, limits }) => {
    if (tables) print(Object.values(dossierSections(config, limits)).join('\n\n'))
    else print(drawFlows(dataFlows(config), `Flux de données de ${config.branding.product}`).trimEnd())
  })
