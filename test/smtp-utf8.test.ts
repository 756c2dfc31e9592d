import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type MailServer, startMailServer } from './world/mail-server.ts'
import { type PortalFixture, startPortal } from './world/portal.ts'
import { freePort } from './world/ports.ts'
import { runSesame } from './world/run-sesame.ts'
import { newVisitor, textOf } from './world/visitor.ts'

const unsendable = 'rené@ailleurs.example'
const refusal = "Notre serveur de mail n'envoie rien aux adresses qui ont un accent"

describe('an address that is not ASCII before the @', () => {
  let folder: string
  let fixture: PortalFixture
  let server: MailServer
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sesame-smtp-utf8-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))
  afterEach(async () => {
    await fixture?.stop()
    await server?.stop()
  })
  const open = async (smtpUtf8: boolean) => {
    const port = await freePort()
    server = await startMailServer({ port, tls: 'none', folder, smtpUtf8 })
    const mail = { kind: 'smtp', host: '127.0.0.1', port, tls: 'none', from: 'a@univ.example' }
    fixture = await startPortal({ directory: 'embedded', store: 'SQLite', config: { mail } })
    return newVisitor(fixture.url)
  }
  const inAccount = async (visitor: ReturnType<typeof newVisitor>) => {
    await visitor.signIn('clefevre', 'Bienvenue!2026c')
    return (mail: string) => visitor.submit('/fr/compte/adresses', { faire: 'mail', mail })
  }
  const inActivation = async (visitor: ReturnType<typeof newVisitor>) => {
    const at = (page: string) => `/fr/activation/${page}`
    await visitor.post(at('identification/numero-etudiant'), { numero: '22609431', naissance: '29/2/2008' })
    const send = async (page: string, fields: Readonly<Record<string, string>>) =>
      visitor.submit(at(page), { ...fields, demarche: visitor.refIn((await visitor.get(at(page))).html) })
    await send('code', { code: 'DEMA-RRER-SESA-ME26' })
    const password = 'Tr0mbone&Cascade-3'
    await send('mot-de-passe', { nouveau: password, confirmation: password, charte: 'oui' })
    await expect.poll(async () => (await visitor.get(at('question-joker'))).status).toBe(200)
    await send('question-joker', { question: 'pet', reponse: 'Belphégor' })
    return (contact: string) => send('adresse', { contact })
  }
  const pages = [
    ['in the account', inAccount],
    ['in an activation', inActivation],
  ] as const

  it.each(pages)(
    'is refused %s, with its reason, where the mail server does not take it',
    async (_, reach) => {
      const give = await reach(await open(false))
      const answer = await give(unsendable)
      expect(textOf(answer.refusal ?? answer.html)).toContain(refusal)
      await fixture.portal.outbox.run()
      expect(server.received.filter(({ recipients }) => recipients.includes(unsendable))).toEqual([])
      expect((await give('rene@exämple.fr')).status).toBe(303)
    },
  )

  it.each(pages)('gets its code %s where the mail server takes it', async (_, reach) => {
    const give = await reach(await open(true))
    const answer = await give(unsendable)
    expect(answer.status).toBe(303)
    await fixture.portal.outbox.run()
    await expect.poll(() => server.received.flatMap(({ recipients }) => recipients)).toContain(unsendable)
  })

  it.each([
    [false, 1, 'line 1: the mail server takes no address that is not ASCII before the @'],
    [true, 0, ''],
  ])('of an enrolment: with SMTPUTF8 %s, the command ends with %i', async (smtpUtf8, status, failed) => {
    await open(smtpUtf8)
    const why = ['--by', 'thomas', '--reason', 'rentrée']
    const made = await runSesame(['activation-codes', '-', '--mail', ...why], {
      input: `student-number,22609431,${unsendable}\n`,
      env: {
        PATH: process.env.PATH ?? '',
        SESAME_CONFIG: fixture.configFile,
        SESAME_DATA: join(fixture.folder, 'data'),
      },
    })
    expect(made.status).toBe(status)
    expect(made.failed).toContain(failed)
  })
})
