import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { configuration } from '../src/config/config.ts'
import { dataFlows } from '../src/dossier/data-flows.ts'
import { generatedDossier } from '../src/dossier/documents.ts'
import { filledDocument } from '../src/dossier/dossier.ts'
import { drawFlows } from '../src/dossier/flow-drawing.ts'
import { retention } from '../src/retention.ts'
import { root } from './world/root.ts'
import { runSesame } from './world/run-sesame.ts'
import { scratchFolder } from './world/scratch.ts'

const folder = join(root, 'docs/dossier')
const read = (name: string) => readFileSync(join(folder, name), 'utf8')
const example = configuration.parse(parse(read('exemple.yaml')))
/** French typography changes the quotes and spaces of a title. */
const plain = (text: string) => text.replaceAll('’', "'").replace(/\s/g, ' ')

describe('the dossier', () => {
  it.each(Object.entries(generatedDossier(folder)))(
    '%s is what the code says (npm run reference)',
    (name, text) => {
      expect(read(name)).toBe(text)
    },
  )

  it('refuses a list that does not exist', () => {
    expect(() => filledDocument('<!-- produit : rien -->\n<!-- fin -->\n', {} as never)).toThrow('« rien »')
  })

  it.each(['homologation.md', 'aipd.md'])('%s names only tests that exist, by their titles', name => {
    const named = [...plain(read(name)).matchAll(/`((?:src|test)\/[^`]+)`(?: « ((?:[^«»]|«[^»]*»)+) »)?/g)]
    const lost = named.filter(
      ([, file = '', title]) =>
        !existsSync(join(root, file)) ||
        !(title && plain(readFileSync(join(root, file), 'utf8')).includes(title)),
    )
    expect(lost.map(([text]) => text)).toEqual([])
    if (name === 'homologation.md') expect(named.length).toBeGreaterThan(20)
  })

  it('has a test for each threat that the file names, and a source that it describes', () => {
    const [, matrix = ''] = read('homologation.md').split(/^## 6\. .*$/m)
    const rows = [...matrix.matchAll(/^\| ([^|]+) \| ([^|]*) \| ([^|]+) \| (`test[^|]+|`src[^|]+) \|$/gm)]
    expect(rows.length).toBeGreaterThan(20)
    const sources = [...read('homologation.md').matchAll(/^\| (S\d)\. /gm)].map(([, source]) => source)
    const used = new Set(rows.flatMap(([, , source = '']) => source.match(/S\d/g) ?? []))
    expect([...used].sort()).toEqual(sources)
  })

  it('follows the nine steps of an accreditation, and the four parts of an impact assessment', () => {
    const headings = (name: string) =>
      [...read(name).matchAll(/^## (\d)\. /gm)].map(([, number]) => Number(number))
    expect(headings('homologation.md')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(headings('aipd.md')).toEqual([1, 2, 3, 4])
    const parts = [...read('aipd.md').matchAll(/^### (.*)$/gm)].map(([, part = '']) => plain(part))
    // « PIA, les modèles », CNIL, February 2018.
    expect(parts).toEqual([
      "1.1 Vue d'ensemble",
      '1.2 Données, processus et supports',
      '2.1 Évaluation des mesures garantissant la proportionnalité et la nécessité du traitement',
      '2.2 Évaluation des mesures protectrices des droits des personnes concernées',
      '3.1 Évaluation des mesures existantes ou prévues',
      '3.2 Appréciation des risques : les atteintes potentielles à la vie privée',
      '4.1 Préparation des éléments utiles à la validation',
      '4.2 Validation formelle',
    ])
  })

  it('lists every table that an institution has, with how long its rows are kept', () => {
    const ofDemonstration = ['demo_mails', 'embedded_numbers', 'embedded_people', 'pretend_passwords']
    const [, list = ''] = read('reversibilite.md').split('produit : tables')
    const listed = [...list.matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, table]) => table)
    expect([...listed, ...ofDemonstration].sort()).toEqual(Object.keys(retention).sort())
  })

  it('leads nowhere that does not exist', () => {
    const names = ['README.md', 'registre.md', 'aipd.md', 'homologation.md', 'reversibilite.md']
    const dead = names.flatMap(name =>
      [...read(name).matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
        .map(([, to = '']) => to)
        .filter(to => !existsSync(join(folder, to))),
    )
    expect(dead).toEqual([])
  })
})

describe('the drawing of the data flows', () => {
  const systemsOf = (config: typeof example) => [
    ...new Set(dataFlows(config).flatMap(({ from, to }) => [from.name, to.name])),
  ]

  it('has each system that is configured, and none that is not', () => {
    expect(systemsOf(example)).toEqual(
      expect.arrayContaining(['Annuaire de référence', 'Passerelle SMS', 'Serveur CAS', 'Base PostgreSQL']),
    )
    expect(systemsOf(configuration.parse({}))).toEqual([
      'Personnes (navigateur)',
      'Portail Sésame',
      'Supervision',
      'Base SQLite',
    ])
    expect(systemsOf(configuration.parse({ listen: { admin: 'off' } }))).not.toContain('Supervision')
  })

  it('says how the directory is reached, as its addresses do', () => {
    const { directory } = example
    if (directory.kind !== 'ldap') throw new Error('the example has an LDAP directory')
    const protocolOf = (change: Partial<typeof directory>) =>
      dataFlows({ ...example, directory: { ...directory, ...change } }).find(
        ({ to }) => to.name === 'Annuaire de référence',
      )?.protocol
    expect(protocolOf({})).toBe('LDAPS')
    expect(protocolOf({ urls: ['ldap://ldap1.univ.example'], startTls: true })).toBe('LDAP, StartTLS')
  })

  it('has the file of imported people where they are imported, and no date of birth from the directory then', () => {
    const flowsOf = (identification: 'directory' | 'import') => {
      const flows = dataFlows({ ...example, identification })
      return {
        file: flows.some(({ from }) => from.name === 'Système d’information'),
        directory: flows.find(({ to }) => to.name === 'Annuaire de référence')?.content.includes('naissance'),
      }
    }
    expect(flowsOf('directory')).toEqual({ file: false, directory: true })
    expect(flowsOf('import')).toEqual({ file: true, directory: false })
  })

  it('has a number for each flow, a title and a description of each, and escapes what is configured', () => {
    const flows = dataFlows({
      ...example,
      services: example.services.slice(0, 1).map(one => ({ ...one, name: { fr: '<b>&"', en: '' } })),
    })
    const svg = drawFlows(flows, 'Flux')
    expect(svg).not.toContain('<b>')
    expect(svg).toContain('&lt;b&gt;&amp;&quot; : CAS')
    expect(svg).toContain('role="img" aria-labelledby="title description"')
    for (const [index, { content }] of flows.entries()) {
      expect(svg).toContain(`>${index + 1}</text>`)
      expect(svg).toContain(content)
    }
  })

  it('is printed by a command for the institution’s own configuration, as its tables are with its own limits', async () => {
    const data = scratchFolder('sesame-flows-')
    const file = join(data, 'sesame.yaml')
    writeFileSync(file, 'branding: { product: Clé }\nlimits: { purgeDetails: 86400000000 }\n')
    const env = { PATH: process.env.PATH ?? '', SESAME_CONFIG: file, SESAME_DATA: data }
    const drawing = await runSesame(['data-flows'], { env })
    expect([drawing.status, drawing.said]).toEqual([
      0,
      expect.stringMatching(/^<svg .*<title id="title">Flux de données de Clé</s),
    ])
    const tables = await runSesame(['data-flows', '--tables'], { env })
    expect(plain(tables.said)).toContain('1 000 jours pour les détails')
  })
})
