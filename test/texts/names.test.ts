import { describe, expect, it } from 'vitest'
import type { Language } from '../../src/texts/texts.ts'
import { textsRead } from './catalogue.ts'

/** A thing has one name. `not`: other names of it. `but`: keys whose text is dictated by the guide, or is the name of another thing. */
type Name = { readonly name: string; readonly not: RegExp; readonly but?: readonly string[] }

const names: { readonly [language in 'fr' | 'en']: readonly Name[] } = {
  fr: [
    { name: 'question joker', not: /question (secrète|de sécurité|personnelle)/i },
    { name: 'second élément', not: /second facteur|double authentification|deuxième (élément|facteur)|2FA/i },
    { name: "clé d'accès", not: /passkeys?|clés? de sécurité/i, but: ['passkey.title'] },
    { name: "application d'authentification", not: /authentificateur|authenticator|TOTP/i },
    { name: 'codes de secours', not: /codes? de récupération/i },
    { name: 'moyens de secours', not: /moyens? de récupération/i },
    { name: "code d'activation", not: /clé d.activation|code de bienvenue/i },
    { name: 'assistance', not: /help ?desk|support technique|guichet|centre de services/i },
    { name: 'règlement intérieur', not: /\bchartes?\b/i },
    {
      name: 'identifiant',
      not: /\blogin\b|nom d.utilisateur/i,
      but: ['rule.login', 'demo.login', 'mail.desk-service-failed'],
    },
    { name: 'mail', not: /courriels?|e-?mails?\b|mél\b/i },
    { name: 'courriers indésirables', not: /\bspams?\b|(?<!courriers )indésirables|pourriels?/i },
    {
      name: "boîte de l'établissement",
      not: /\bboite/i,
      but: ['done.sentence', 'guide.end'],
    },
    { name: 'mobile', not: /portable|smartphone|cellulaire/i },
    { name: 'SMS', not: /texto|message court/i },
    { name: 'numéro personnel', not: /matricule/i, but: ['choose.staff'] },
    { name: 'démarche', not: /procédure(?! d.inscription)|parcours|processus/i },
    { name: 'établissement', not: /\bl.université|institution/i },
    { name: 'mot de passe actuel', not: /mot de passe en cours\b/i },
    { name: 'geler', not: /compte (est |a été )?bloqué/i },
    { name: 'reporter', not: /\bremi[st] (encore|trois)|remettre (encore|à plus tard)/i },
  ],
  en: [
    { name: 'secret question', not: /joker|security question/i },
    { name: 'second factor', not: /two-factor|2FA|second element|second step/i },
    { name: 'passkey', not: /security key|access key/i },
    { name: 'authenticator app', not: /authentication app|TOTP/i },
    { name: 'recovery codes', not: /backup codes?|rescue codes?/i },
    { name: 'recovery options', not: /means of recovery|recovery (means|methods)/i },
    { name: 'helpdesk', not: /help desk|support team|service desk|\bagent\b/i },
    { name: 'regulations', not: /charter/i },
    { name: 'login', not: /user ?name|user ID/i },
    { name: 'email', not: /\bmails?\b|e-mail/i },
    { name: 'spam folder', not: /junk|unwanted|\bspam\b(?! folder)/i },
    { name: 'text message', not: /\bSMS\b/, but: ['mail.code-sms.subject', 'mail.proof-code-sms.subject'] },
    { name: 'attempts', not: /\btries\b(?! to| again| elsewhere)|\btry (left|with)\b/i },
    { name: 'request', not: /journey/i, but: ['question.journey'] },
    { name: 'active', not: /in service/i },
    { name: 'verified', not: /\bprov(ed|en)\b/i },
    { name: 'in progress', not: /under way|underway/i },
    { name: 'for security', not: /for safety|to be safe/i },
    { name: 'without activity', not: /without action/i },
    { name: 'sign in', not: /\blog(ged|ging)? in\b/i },
  ],
}

describe.each(['fr', 'en'] as const)('one name a thing, in %s', (language: Language & ('fr' | 'en')) => {
  it.each(names[language])('$name', ({ not, but = [] }) => {
    const found = textsRead(language)
      .filter(({ key, text }) => not.test(text) && !but.includes(key))
      .map(({ key, text }) => `${key}: ${text}`)
    expect(found).toEqual([])
  })
})
