import type { ComponentChildren } from 'preact'
import { useContext } from 'preact/hooks'
import { helpSlugs, type RouteName } from '../routes.ts'
import { locales } from '../texts/locales.ts'
import { type Language, languages } from '../texts/texts.ts'
import { type CurrentPage, CurrentPageContext } from './current-page.ts'
import { helpFor } from './help-links.ts'
import { Helpdesk } from './helpdesk.tsx'
import { noBreakText } from './no-break-text.tsx'
import { Script } from './script.tsx'
import { menuEntryOf, sectionTitleOf } from './sections.ts'
import type { Ui } from './ui.ts'

const menu = [
  ['home', 'nav.home'],
  ['activation', 'nav.activation'],
  ['account', 'nav.account'],
  ['forgotten', 'nav.forgotten'],
  ['help', 'nav.help'],
] as const

/** Decorative, as a logo of the institution is: its name stands beside it. */
const DefaultLogo = () => (
  <svg viewBox="0 0 40 40" width="38" height="38" aria-hidden="true">
    <path d="M8 37V19a12 12 0 0 1 24 0v18M4 37h32" stroke-width="3.5" />
    <path d="M18 37V23l9-4v18" stroke-width="3" />
  </svg>
)

/** The button that ends the session of Sésame, on every page of the account (ASVS 7.4.4). */
const SignOut = ({ ui }: { ui: Ui }) => (
  <form method="post" action={ui.href('signOut')}>
    <button type="submit">{ui.say('sign-out.do')}</button>
  </form>
)

/** A page whose URL holds a secret loads nothing: there the name is alone. */
const Logo = ({ ui, secret }: { ui: Ui; secret: boolean }) => {
  const { logo } = ui.installation
  if (logo && secret) return null
  return <span class="logo">{logo ? <img {...logo} alt="" /> : <DefaultLogo />}</span>
}

type HeaderProps = { ui: Ui; currentPage: CurrentPage | null; signedIn: boolean; secret: boolean }

const Header = ({ ui, currentPage, signedIn, secret }: HeaderProps) => {
  const { say, href, branding } = ui
  const section = currentPage && menuEntryOf(currentPage.route)
  const ariaCurrent = (name: RouteName) => (name === currentPage?.route ? 'page' : 'true')
  return (
    <header class="top">
      <a class="skip" href="#contenu">
        {say('nav.skip')}
      </a>
      <a class="brand" href={href('home')}>
        <Logo ui={ui} secret={secret} />
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
              <a href={href(name)} aria-current={name === section ? ariaCurrent(name) : undefined}>
                {say(key)}
              </a>
            </li>
          ))}
          {signedIn && (
            <li>
              <SignOut ui={ui} />
            </li>
          )}
        </ul>
      </nav>
    </header>
  )
}

/** Link to the help about this page, at the same position on every page (WCAG 3.2.6). */
const PageHelp = ({ ui, page }: { ui: Ui; page: RouteName }) => {
  const help = helpFor(page)
  return (
    help && (
      <p>
        <a
          href={`${ui.href('helpTopic', { topic: helpSlugs[help.topic] })}${help.section ? `#${help.section}` : ''}`}
        >
          {ui.say('foot.help', { title: ui.say(`help.${help.topic}.title`) })}
        </a>
      </p>
    )
  )
}

/** `currentPage` is null on a page that must not link to itself; `page` still names its route. */
const Footer = ({
  ui,
  currentPage,
  page,
}: {
  ui: Ui
  currentPage: CurrentPage | null
  page: RouteName | null
}) => {
  const { say, href, hrefs, branding, language } = ui
  const query = currentPage?.query ? `?${new URLSearchParams(currentPage.query)}` : ''
  const here = (other: Language) =>
    currentPage ? hrefs[other](currentPage.route, currentPage.params) + query : hrefs[other]('home')
  return (
    <footer class="foot">
      {page && <PageHelp ui={ui} page={page} />}
      <Helpdesk ui={ui} />
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
        {languages
          .filter(other => other !== language)
          .map(other => (
            <li>
              <a href={here(other)} lang={other} hreflang={other} data-loss={say('foot.language.loss')}>
                {locales[other].name}
              </a>
            </li>
          ))}
      </ul>
    </footer>
  )
}

export type PageProps = {
  readonly ui: Ui
  /** The `h1`. */
  readonly heading: string
  /** In the document title in place of the heading, where another page of the section has the same heading. */
  readonly title?: string
  readonly lead?: ComponentChildren
  /** Shown on the bottom line of the page header: the progress of a journey, or one door drawing. */
  readonly progress?: ComponentChildren
  readonly hasErrors?: boolean
  readonly withScript?: boolean
  /** The page of a session: the header has the button that ends it. */
  readonly signedIn?: boolean
  /** Loads the passkey script, which replaces the general one. */
  readonly withPasskey?: boolean
  /** For a page that is not that of the answering route, or whose URL has a query. */
  readonly currentPage?: CurrentPage
  /** The URL of the page holds a secret: it loads nothing, is not indexed and never links to itself. */
  readonly secret?: boolean
  readonly children: ComponentChildren
}

/**
 * « Erreur : heading – journey – product »: what to correct first, then where one is; no two pages have the same title (RGAA 8.6).
 */
const documentTitle = ({ ui, title, heading, hasErrors }: PageProps, route: RouteName | null) => {
  const { product, institution } = ui.branding
  const section = route && sectionTitleOf(route)
  const where = [title ?? heading, section && ui.say(section), `${product}, ${institution}`]
  const prefix = hasErrors ? `${ui.say('error.prefix')}${ui.locale.colon} ` : ''
  return prefix + where.filter(Boolean).join(' – ')
}

const Head = ({ route, ...props }: PageProps & { route: RouteName | null }) => {
  const { ui, secret } = props
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width" />
      <title>{documentTitle(props, route)}</title>
      <meta name="color-scheme" content="light dark" />
      <meta name="format-detection" content="telephone=no" />
      {secret && <meta name="robots" content="noindex" />}
      <meta name="theme-color" content={ui.branding.primary} />
      {secret ? (
        <link rel="icon" href="data:," />
      ) : (
        <>
          <link rel="icon" href={ui.installation.icon} type="image/svg+xml" />
          <link rel="apple-touch-icon" href={ui.installation.touchIcon} />
          <link rel="manifest" href={ui.installation.manifest} />
          <link
            rel="preload"
            as="font"
            type="font/woff2"
            href={ui.installation.headingFont}
            crossorigin="anonymous"
          />
          <style dangerouslySetInnerHTML={{ __html: ui.fontStyles }} />
        </>
      )}
      <style dangerouslySetInnerHTML={{ __html: ui.styles }} />
    </head>
  )
}

/** The layout of every page: header, title area (`wall`), content (`floor`), footer. */
export const Page = (props: PageProps) => {
  const { ui, heading, lead, progress, children } = props
  const fromUi = ui.route ? { route: ui.route, params: ui.params } : null
  const fromContext = useContext(CurrentPageContext)
  const page = props.currentPage ?? fromContext ?? fromUi
  const currentPage = props.secret ? null : page
  return (
    <html lang={ui.language} dir={ui.locale.direction}>
      <Head {...props} route={page?.route ?? null} />
      <body>
        <Header
          ui={ui}
          currentPage={currentPage}
          signedIn={props.signedIn ?? false}
          secret={props.secret ?? false}
        />
        <main id="contenu" tabIndex={-1}>
          <div class="wall">
            <div class="title">
              <h1>{noBreakText(heading)}</h1>
              {lead && <p class="lead">{lead}</p>}
            </div>
            {progress}
          </div>
          <div class="floor">{children}</div>
        </main>
        <Footer ui={ui} currentPage={currentPage} page={page?.route ?? null} />
        {props.withPasskey && <Script ui={ui} name="passkey" />}
        {props.withScript && <Script ui={ui} name="general" />}
      </body>
    </html>
  )
}
