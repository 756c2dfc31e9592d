import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { configuration } from '../config/config.ts'
import { typesetDocument } from '../french-document.ts'
import { dataFlows } from './data-flows.ts'
import { dossierSections, filledDocument } from './dossier.ts'
import { drawFlows } from './flow-drawing.ts'

/** The files of `docs/dossier/` as the code makes them, from what is written by hand there and from its example of a configuration. */
export const generatedDossier = (folder: string): Readonly<Record<string, string>> => {
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  const config = configuration.parse(parse(read('exemple.yaml')))
  const sections = dossierSections(config)
  const documents = readdirSync(folder).filter(name => name.endsWith('.md'))
  return {
    ...Object.fromEntries(
      documents.map(name => [name, typesetDocument(filledDocument(read(name), sections))]),
    ),
    'flux.svg': drawFlows(dataFlows(config), 'Flux de données de Sésame'),
  }
}
