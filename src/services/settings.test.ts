import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { root } from '../../test/world/stores.ts'
import { demonstrationServices, guideServices, serviceProblems, serviceSettings } from './settings.ts'

const service = (fields: Record<string, unknown>) =>
  serviceSettings.parse({ id: 'a', name: { fr: 'A', en: 'A' }, use: { fr: 'a', en: 'a' }, ...fields })
const samba = { kind: 'samba' }

it('the demonstration has four pretend services; a real portal has none by default', () => {
  expect(demonstrationServices.map(({ id }) => id)).toEqual(['eduroam', 'telephony', 'printing', 'cas'])
  expect(guideServices.map(guide => service(guide)).filter(({ writer }) => writer)).toEqual([])
  expect(serviceProblems(demonstrationServices, 'embedded')).toEqual([])
})

it('accepts the example of docs/operate/services.md', () => {
  const text = readFileSync(join(root, 'docs/operate/services.md'), 'utf8')
  const yaml = /```yaml\n(.*?)```/s.exec(text)?.[1] ?? ''
  const services = (parse(yaml) as { services: unknown[] }).services.map(one => serviceSettings.parse(one))
  expect(services.map(({ id }) => id)).toEqual(['cas', 'eduroam', 'telephony', 'printing'])
  expect(serviceProblems(services, 'ldap')).toEqual([])
})

it.each([
  ['two services of one id', [service({}), service({})], 'ldap', /is called a too/],
  ['a writer next to `reads`', [service({ reads: 'source', writer: samba })], 'ldap', /one or the other/],
  [
    'a service read that has no writer',
    [service({ reads: 'b' }), service({ id: 'b' })],
    'ldap',
    /no service with a writer/,
  ],
  ['a service read that does not exist', [service({ reads: 'b' })], 'ldap', /no service with a writer/],
  [
    'a pretend service on a real directory',
    [service({ writer: { kind: 'pretend' } })],
    'ldap',
    /proves nothing/,
  ],
  ['an NT hash without an LDAP source', [service({ writer: samba })], 'embedded', /people of an LDAP source/],
  [
    'a bind without a directory',
    [service({ check: { kind: 'bind' } })],
    'ldap',
    /no place where it could bind/,
  ],
] as const)('reports %s', (_, services, source, sentence) => {
  expect(serviceProblems(services, source).map(problem => problem.sentence)).toEqual([
    expect.stringMatching(sentence),
  ])
})
