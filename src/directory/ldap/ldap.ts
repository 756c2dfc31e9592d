import { Attribute, Change, PasswordPolicyControl } from 'ldapts'
import { ok, refused } from '../../result.ts'
import type { Bound, Directory, PersonId, Written } from '../directory.ts'
import { checkHashing, checkLdap } from './check.ts'
import { isAnswer, type Links, openLinks, Unreachable } from './links.ts'
import { passwordModifyOid, passwordModifyRequest } from './password-modify.ts'
import { ldapPeople } from './people.ts'
import { bindRefusal, boundWith, isBusy, writeRefusal } from './refusals.ts'
import { serviceLinks } from './service.ts'
import type { LdapSettings } from './settings.ts'

const unavailable = (fault: unknown) => {
  if (fault instanceof Unreachable || isAnswer(fault)) return refused('directory-unavailable')
  throw fault
}

const refusedWrite = (fault: unknown, control: PasswordPolicyControl): Written => {
  if (isAnswer(fault)) return refused(isBusy(fault.code) ? 'outcome-unknown' : writeRefusal(fault, control))
  if (fault instanceof Unreachable) return refused(fault.sent ? 'outcome-unknown' : 'directory-unavailable')
  throw fault
}

const refusedBind = (fault: unknown, control: PasswordPolicyControl): Bound => {
  if (!isAnswer(fault)) return unavailable(fault)
  return isBusy(fault.code) ? refused('directory-unavailable') : bindRefusal(control)
}

/** Clear text is sent only to a server that this process has seen hash it. */
const hashingProof = (settings: LdapSettings, service: Links) => {
  let hashing: Promise<boolean> | undefined
  return async () => {
    if (settings.passwordWrite === 'exop') return true
    hashing ??= checkHashing(settings, service).then(
      ({ level }) => level === 'good',
      () => false,
    )
    const proved = await hashing
    if (!proved) hashing = undefined
    return proved
  }
}

const writer =
  (settings: LdapSettings, service: Links) => (dn: string, value: string, control: PasswordPolicyControl) =>
    service.with(
      async ({ client, server }) => {
        if (settings.passwordWrite === 'exop')
          await client.exop(passwordModifyOid, passwordModifyRequest(dn, value), [control])
        else {
          const modification = new Attribute({ type: 'userPassword', values: [value] })
          await client.modify(dn, new Change({ operation: 'replace', modification }), [control])
        }
        return server
      },
      { again: false },
    )

/** OpenLDAP or 389 DS, with SupAnn people, as the source of truth. */
export const ldapDirectory = (settings: LdapSettings, now: () => number = Date.now): Directory => {
  const service = serviceLinks(settings)
  const persons = openLinks(settings)
  const people = ldapPeople(settings, service, now)
  const mayWrite = hashingProof(settings, service)
  const send = writer(settings, service)

  const write = async (id: PersonId, value: string): Promise<Written> => {
    const place = await people.locate(id).catch(unavailable)
    if (place && 'ok' in place) return place
    if (!(place && (await mayWrite()))) return refused('directory-not-allowed')
    const control = new PasswordPolicyControl()
    return send(place.dn, value, control).then(
      server => ok({ server }),
      fault => refusedWrite(fault, control),
    )
  }

  const bindAs = (dn: string, value: string, server: string | undefined): Promise<Bound> => {
    const control = new PasswordPolicyControl()
    return persons
      .with(({ client }) => client.bind(dn, value, [control]), { server, again: true })
      .then(
        () => boundWith(control),
        fault => refusedBind(fault, control),
      )
  }

  return {
    find: (kind, number) => people.byNumber(kind, number).then(found => ok({ people: found }), unavailable),
    findLogin: login => people.byLogin(login).then(person => ok({ person }), unavailable),
    read: id => people.locate(id).then(place => ok({ person: place?.person ?? null }), unavailable),
    write,
    bind: async (id, value, server) => {
      // RFC 4513 §5.1.2: a bind with an empty password succeeds and proves nothing.
      if (value === '') return refused('wrong-password')
      const place = await people.locate(id).catch(unavailable)
      if (place && 'ok' in place) return place
      // Nobody is bound as well, under a name that no entry bears: one request more or less would tell.
      return bindAs(place?.dn ?? `uid=nobody,${settings.populations.student.base}`, value, server)
    },
    ping: () =>
      service
        .with(
          ({ client }) =>
            client.search('', { scope: 'base', filter: '(objectClass=*)', attributes: ['1.1'] }),
          {
            again: true,
          },
        )
        .then(
          () => true,
          () => false,
        ),
    check: () => checkLdap(settings, service),
    close: async () => {
      await service.close()
      await persons.close()
    },
  }
}
