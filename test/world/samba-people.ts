import type { WorldPerson } from './people.ts'

/** The people of the test directory as accounts of an Active Directory domain. */
export const domainDn = 'DC=ad,DC=univ,DC=example'
export const privilegedGroup = `CN=admins,OU=groups,${domainDn}`
export const serviceDn = `CN=portal,OU=services,${domainDn}`

const ous = { student: 'etudiants', staff: 'personnels', external: 'externes' } as const
export const ouOf = (population: WorldPerson['population']) => `OU=${ous[population]},${domainDn}`
export const accountDn = ({ uid, population }: Pick<WorldPerson, 'uid' | 'population'>) =>
  `CN=${uid},${ouOf(population)}`

const base64 = (attribute: string, value: string | Buffer) =>
  `${attribute}:: ${Buffer.from(value).toString('base64')}`

const unicodePwd = (password: string) => base64('unicodePwd', Buffer.from(`"${password}"`, 'utf16le'))

/** `20210831220000Z` as a Windows file time: 100 ns since 1601. */
const fileTime = (held: string) => {
  const [year, month, day, hour] = [0, 4, 6, 8].map((at, index) =>
    Number(held.slice(at, index === 0 ? 4 : at + 2)),
  )
  const instant = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour)
  return (BigInt(instant) + 11_644_473_600_000n) * 10_000n
}

const personLdif = (person: WorldPerson) =>
  [
    `dn: ${accountDn(person)}`,
    'objectClass: user',
    `sAMAccountName: ${person.uid}`,
    `userPrincipalName: ${person.uid}@ad.univ.example`,
    base64('displayName', `${person.firstName} ${person.familyName}`),
    base64('givenName', person.firstName),
    base64('sn', person.familyName),
    ...person.addresses.map(mail => `mail: ${mail}`),
    ...person.privateAddresses.map(mail => `otherMailbox: ${mail}`),
    ...(person.born ? [`info: ${person.born}`] : []),
    ...(person.studentNumber ? [`employeeNumber: ${person.studentNumber}`] : []),
    ...(person.staffNumber ? [`employeeNumber: ${person.staffNumber}`] : []),
    ...(person.ine ? [`employeeID: ${person.ine}`] : []),
    ...(person.endsAt ? [`accountExpires: ${fileTime(person.endsAt)}`] : []),
    ...(person.password ? [unicodePwd(person.password)] : []),
    'userAccountControl: 512',
    '',
  ].join('\n')

export const organisationLdif = () =>
  [...Object.values(ous), 'services', 'groups']
    .map(ou => `dn: OU=${ou},${domainDn}\nobjectClass: organizationalUnit\nou: ${ou}\n`)
    .concat(
      `dn: ${serviceDn}\nobjectClass: user\nsAMAccountName: portal\n${unicodePwd('Portal-At-First-1')}\nuserAccountControl: 66048\n`,
    )
    .join('\n')

/** Privileged people are in a group within the privileged group: membership must be followed. */
export const peopleLdif = (people: readonly WorldPerson[]) => {
  const delegates = people
    .filter(({ privileged }) => privileged)
    .map(person => `member: ${accountDn(person)}`)
  const group = (name: string, members: readonly string[]) =>
    [
      `dn: CN=${name},OU=groups,${domainDn}`,
      'objectClass: group',
      `sAMAccountName: ${name}`,
      ...members,
      '',
    ].join('\n')
  return [
    ...people.map(personLdif),
    group('delegates', delegates),
    group('admins', [`member: CN=delegates,OU=groups,${domainDn}`]),
  ].join('\n')
}
