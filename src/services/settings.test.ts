import { expect, it } from 'vitest'
import { demonstrationServices, guideServices, serviceProblems, serviceSettings } from './settings.ts'

const service = (more: Record<string, unknown>) =>
  serviceSettings.parse({ id: 'a', name: { fr: 'A', en: 'A' }, use: { fr: 'a', en: 'a' }, ...more })
const samba = { kind: 'samba' }

it('the demonstration pretends four services, and says so; a real portal is told nothing that it does not know', () => {
  expect(demonstrationServices.map(({ id }) => id)).toEqual(['cas', 'eduroam', 'telephony', 'printing'])
  expect(guideServices.map(guide => service(guide)).filter(({ writer }) => writer)).toEqual([])
  expect(serviceProblems(demonstrationServices, 'embedded')).toEqual([])
})

it.each([
  ['two of one name', [service({}), service({})], 'ldap', /is called a too/],
  [
    'a writer beside what it reads',
    [service({ reads: 'source', writer: samba })],
    'ldap',
    /one or the other/,
  ],
  [
    'a leader that nobody wrote',
    [service({ reads: 'b' }), service({ id: 'b' })],
    'ldap',
    /no service with a writer/,
  ],
  ['a leader that does not exist', [service({ reads: 'b' })], 'ldap', /no service with a writer/],
  [
    'a pretend service on a real directory',
    [service({ writer: { kind: 'pretend' } })],
    'ldap',
    /proves nothing/,
  ],
  ['an NT hash where no LDAP entry is', [service({ writer: samba })], 'embedded', /people of an LDAP source/],
  ['a bind nowhere', [service({ check: { kind: 'bind' } })], 'ldap', /no place where it could bind/],
] as const)('the configuration is told of %s', (_, services, source, sentence) => {
  expect(serviceProblems(services, source).map(problem => problem.sentence)).toEqual([
    expect.stringMatching(sentence),
  ])
})
