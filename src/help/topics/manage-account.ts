import { type HelpContext, type HelpPage, link, list, steps, text } from '../help.ts'

/** « Gérer mon compte ». */
export const manageAccount = ({ limits, mobiles }: HelpContext): HelpPage => ({
  of: { topic: 'account' },
  at: { route: 'helpTopic', params: { topic: 'mon-compte' } },
  title: 'help.account.title',
  lead: 'help.account.lead',
  start: { key: 'nav.account', to: { route: 'account' } },
  sections: [
    {
      id: 'voir',
      heading: 'help.account.see',
      parts: [
        text('help.account.see.go', { names: { page: 'nav.account' } }),
        { kind: 'picture', picture: 'account' },
        list(
          'help.account.see.security',
          'help.account.see.identity',
          'help.account.see.services',
          'help.account.see.journal',
        ),
      ],
    },
    {
      id: 'retour',
      heading: 'help.account.back',
      parts: [
        list('help.account.back.joker', 'help.account.back.address', mobiles && 'help.account.back.mobile'),
        { kind: 'picture', picture: 'addresses' },
        text('help.account.back.told'),
      ],
    },
    {
      id: 'proteger',
      heading: 'help.account.protect',
      parts: [
        list('help.account.protect.passkey', 'help.account.protect.app', {
          key: 'help.account.protect.sheet',
          values: { count: limits.recoveryCodesPerSheet },
        }),
        text('help.account.protect.then'),
        link('help.sign-in.factor', 'helpTopic', { topic: 'connexion' }),
      ],
    },
    {
      id: 'appareils',
      heading: 'help.account.sessions',
      parts: [
        text('help.account.sessions.do', { names: { line: 'sessions.title' } }),
        text('help.account.sessions.alone', {
          duration: { idle: limits.sessionIdle, whole: limits.sessionMaxAge },
        }),
      ],
    },
    {
      id: 'redemande',
      heading: 'help.account.again',
      parts: [text('help.account.again.why', { duration: { fresh: limits.sessionFresh } })],
    },
  ],
})

/** « J'ai reçu un mail que je n'ai pas demandé ». */
export const notMe = ({ limits, publicUrl }: HelpContext): HelpPage => ({
  of: { topic: 'not-me' },
  at: { route: 'helpTopic', params: { topic: 'ce-n-est-pas-moi' } },
  title: 'help.not-me.title',
  lead: 'help.not-me.lead',
  sections: [
    {
      id: 'faire',
      heading: 'help.not-me.do',
      parts: [
        steps(
          { key: 'help.not-me.do.open', names: { button: 'mail.not-me' } },
          { key: 'help.not-me.do.read', picture: 'not-me' },
          { key: 'help.not-me.do.call' },
        ),
      ],
    },
    {
      id: 'bouton',
      heading: 'help.not-me.what',
      parts: [
        list('help.not-me.what.freeze', {
          key: 'help.not-me.what.close',
          duration: { days: limits.recoveryClosed },
        }),
        text('help.not-me.what.late', { duration: { life: limits.notMeToken } }),
      ],
    },
    {
      id: 'vrai',
      heading: 'help.not-me.real',
      parts: [
        text('help.not-me.real.never'),
        text('help.not-me.real.address', { values: { address: publicUrl } }),
        text('help.not-me.real.given'),
        link('help.change.title', 'helpTopic', { topic: 'changer-mon-mot-de-passe' }),
        link('help.password.title', 'helpTopic', { topic: 'mot-de-passe' }),
      ],
    },
  ],
})
