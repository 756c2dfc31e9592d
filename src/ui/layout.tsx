import type { ComponentChildren } from 'preact'
import type { RouteName } from '../routes.ts'
import type { Ui } from './ui.ts'

const menu = [
  ['home', 'nav.home'],
  ['activation', 'nav.activation'],
  ['account', 'nav.account'],
  ['forgotten', 'nav.forgotten'],
  ['help', 'nav.help'],
] as const

/** Which entry of the menu a page belongs to. */
const sections: { readonly [route in RouteName]?: RouteName } = {
  chooseNumber: 'forgotten',
  identify: 'forgotten',
  joker: 'forgotten',
  newPassword: 'forgotten',
  done: 'forgotten',
  journeyOver: 'forgotten',
  identifier: 'forgotten',
  helpPassword: 'help',
  signIn: 'account',
}

const OwnMark = ({ name }: { name: string }) => (
  <svg viewBox="0 0 40 40" width="38" height="38" role="img" aria-label={name}>
    <path d="M9 36V18a11 11 0 0 1 22 0v18" stroke-width="4" />
    <path d="M17 36V20l9-4v20" stroke-width="3" />
  </svg>
)

const Header = ({ ui }: { ui: Ui }) => {
  const { say, href, branding, logo, route } = ui
  const here = route ? (sections[route] ?? route) : null
  return (
    <header class="top">
      <a class="skip" href="#contenu">
        {say('nav.skip')}
      </a>
      <a class="brand" href={href('home')}>
        <span class="logo">{logo ? <img src={logo} alt={branding.institution} /> : <OwnMark name={branding.institution} />}</span>
        <span>
          <b>{branding.product}</b> {branding.institution}
        </span>
      </a>
      <button class="menu-button" type="button" popovertarget="menu">
        {say('nav.menu')}
      </button>
      <nav class="menu" id="menu" popover="auto" aria-label={say('nav.label')}>
        <ul>
          {menu.map(([name, key]) => (
            <li>
              <a href={href(name)} aria-current={name === here ? (name === route ? 'page' : 'true') : undefined}>
                {say(key)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
    </header>
  )
}

const Footer = ({ ui }: { ui: Ui }) => {
  const { say, href, branding, language } = ui
  const { phone, mail, hours } = branding.helpdesk
  const other = language === 'fr' ? 'en' : 'fr'
  return (
    <footer class="foot">
      <p>
        {say('foot.person')} <a href={`tel:${phone.replace(/[^+\d]/g, '')}`}>{phone}</a>, {hours[language]}, {say('foot.or')}{' '}
        <a href={`mailto:${mail}`}>{mail}</a>
      </p>
      <ul>
        <li>
          <a href={href('accessibility')}>{say(`foot.accessibility.${branding.accessibility}`)}</a>
        </li>
        <li>
          <a href={href('legal')}>{say('foot.legal')}</a>
        </li>
        <li>
          <a href={href('privacy')}>{say('foot.privacy')}</a>
        </li>
        <li>
          <a href={ui.otherLanguage} lang={other} hreflang={other}>
            {say('foot.language')}
          </a>
        </li>
      </ul>
    </footer>
  )
}

export type PageProps = {
  readonly ui: Ui
  /** The one heading: a question or a fact. */
  readonly heading: ComponentChildren
  /** Words of the browser's title, before the product's and the institution's. */
  readonly title: string
  readonly lead?: ComponentChildren
  /** What stands on the line between wall and floor: the progress, or one door. */
  readonly onTheLine?: ComponentChildren
  readonly hasErrors?: boolean
  readonly withScript?: boolean
  /** A page whose address holds a secret loads nothing and is indexed nowhere. */
  readonly secret?: boolean
  readonly refreshAfter?: number
  readonly children: ComponentChildren
}

/** Wall (where you are), floor (what you do), door (how open it is): see `docs/look.md`. */
export const Page = (props: PageProps) => {
  const { ui, title, heading, lead, onTheLine, children } = props
  const { product, institution } = ui.branding
  const full = [props.hasErrors && ui.say('error.prefix'), title, product, institution].filter(Boolean).join(' · ')
  return (
    <html lang={ui.language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>{full}</title>
        <meta name="color-scheme" content="light dark" />
        <meta name="format-detection" content="telephone=no" />
        {props.secret && <meta name="robots" content="noindex" />}
        {props.refreshAfter && <meta http-equiv="refresh" content={String(props.refreshAfter)} />}
        <link rel="icon" href="data:," />
        <style dangerouslySetInnerHTML={{ __html: ui.styles }} />
      </head>
      <body>
        <Header ui={ui} />
        <main id="contenu" tabIndex={-1}>
          <div class="wall">
            <div class="title">
              <h1>{heading}</h1>
              {lead && <p class="lead">{lead}</p>}
            </div>
            {onTheLine}
          </div>
          <div class="floor">{children}</div>
        </main>
        <Footer ui={ui} />
        {props.withScript && <script dangerouslySetInnerHTML={{ __html: ui.script }} />}
      </body>
    </html>
  )
}
