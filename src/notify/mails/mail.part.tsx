import { renderToString } from 'preact-render-to-string'
import { locales } from '../../texts/locales.ts'
import type { Language, Say } from '../../texts/texts.ts'
import type { Branding } from '../../ui/theme.ts'
import type { RenderedMail } from '../outbox-types.ts'
import type { MailLogo } from '../transport.ts'
import { type MailColours, type MailPalette, mailColours } from './colours.ts'
import { WithLinks } from './with-links.part.tsx'

export type MailContent = {
  readonly language: Language
  readonly say: Say
  readonly branding: Branding
  readonly logo: MailLogo | null
  readonly subject: string
  /** Empty when the mail goes to the helpdesk. */
  readonly name: string
  readonly paragraphs: readonly string[]
  /** When it happened and where from: one line for each event. */
  readonly when: readonly string[]
  /** What a person copies from the mail, shown large; ''. nothing. */
  readonly code: string
  readonly button: { readonly before: string; readonly label: string; readonly url: string } | null
}

const sans = 'system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif'
const textStyle = { margin: '0 0 16px', font: `16px/1.5 ${sans}` } as const

/**
 * The light colours are in each element, because clients drop style sheets; the dark ones are in the sheet, which the clients that
 * have a dark mode read.
 */
const darkSheet = ({ page, card, line, text, quiet, link, button, buttonText }: MailColours) => `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .page { background: ${page} !important; }
  .card { background: ${card} !important; border-color: ${line} !important; }
  .text { color: ${text} !important; }
  .quiet { color: ${quiet} !important; }
  .link { color: ${link} !important; }
  .button { background: ${button} !important; color: ${buttonText} !important; }
}`

const closingLines = ({ say, branding }: MailContent) => [
  say('mail.help', { phone: branding.helpdesk.phone, mail: branding.helpdesk.mail }),
  say('mail.signature', { institution: branding.institution }),
]

const greeting = ({ say, name }: MailContent) =>
  name ? say('mail.hello', { name }) : say('mail.hello-nobody')

/** A sentence, in which the code is large enough to be read from a phone while it is typed on a computer. */
function Paragraph({ text, code, colours }: { text: string; code: string; colours: MailColours }) {
  const [before = '', ...after] = code === '' ? [text] : text.split(code)
  return (
    <p class="text" style={{ ...textStyle, color: colours.text }}>
      <WithLinks text={before} colour={colours.link} />
      {after.map(rest => (
        <>
          <b style={{ fontSize: '22px', letterSpacing: '1px', whiteSpace: 'nowrap' }}>{code}</b>
          <WithLinks text={rest} colour={colours.link} />
        </>
      ))}
    </p>
  )
}

/** The header of the portal: the institution's colours, its name, and its logo on a white plate. */
function Brand({ parts, header }: { parts: MailContent; header: MailPalette['header'] }) {
  const { branding, logo } = parts
  const { accent, product, institution } = branding
  return (
    <tr>
      <td style={{ padding: '14px 20px', background: header.plate, borderBottom: `4px solid ${accent}` }}>
        {logo && (
          <img
            src={`cid:${logo.cid}`}
            alt=""
            height="36"
            style={{
              height: '36px',
              padding: '4px',
              margin: '0 12px 0 0',
              background: '#ffffff',
              borderRadius: '6px',
              verticalAlign: 'middle',
            }}
          />
        )}
        <span style={{ font: `16px/1.3 ${sans}`, color: header.text }}>
          <b>{product}</b> {institution}
        </span>
      </td>
    </tr>
  )
}

function Button({ parts, colours }: { parts: MailContent; colours: MailColours }) {
  const { button } = parts
  if (!button) return null
  const { link, text } = colours
  return (
    <>
      <p class="text" style={{ ...textStyle, color: text }}>
        {button.before}
      </p>
      <p style={textStyle}>
        <a
          class="button"
          href={button.url}
          style={{
            display: 'inline-block',
            padding: '14px 24px',
            borderRadius: '10px',
            background: colours.button,
            color: colours.buttonText,
            fontWeight: 600,
            textDecoration: 'none',
          }}
        >
          {button.label}
        </a>
      </p>
      <p class="quiet" style={{ ...textStyle, fontSize: '14px', color: colours.quiet }}>
        {parts.say('mail.link')}
        <br />
        <WithLinks text={button.url} colour={link} />
      </p>
    </>
  )
}

function When({ lines, colours }: { lines: readonly string[]; colours: MailColours }) {
  const [only = '', ...others] = lines
  if (others.length === 0) return only === '' ? null : <Paragraph text={only} code="" colours={colours} />
  return (
    <ul class="text" style={{ ...textStyle, paddingInlineStart: '20px', color: colours.text }}>
      {lines.map(line => (
        <li>{line}</li>
      ))}
    </ul>
  )
}

function Card({ parts, colours }: { parts: MailContent; colours: MailColours }) {
  const { subject, paragraphs, when, code } = parts
  return (
    <td style={{ padding: '24px 20px 8px' }}>
      <h1
        class="text"
        style={{ font: '500 24px/1.25 Georgia, serif', margin: '0 0 20px', color: colours.text }}
      >
        {subject}
      </h1>
      <Paragraph text={greeting(parts)} code="" colours={colours} />
      {paragraphs.map(text => (
        <Paragraph text={text} code={code} colours={colours} />
      ))}
      <When lines={when} colours={colours} />
      <Button parts={parts} colours={colours} />
      {closingLines(parts).map(line => (
        <p class="quiet" style={{ ...textStyle, fontSize: '14px', color: colours.quiet }}>
          <WithLinks text={line} colour={colours.link} helpdesk={parts.branding.helpdesk} />
        </p>
      ))}
    </td>
  )
}

/** A table holds the card: the clients that know no other layout still show it. */
function MailBody({ parts }: { parts: MailContent }) {
  const { language, subject, branding } = parts
  const { light, dark, header } = mailColours(branding.primary)
  return (
    <html lang={language} dir={locales[language].direction}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <title>{subject}</title>
        <style dangerouslySetInnerHTML={{ __html: darkSheet(dark) }} />
      </head>
      <body class="page" style={{ margin: 0, padding: '16px 8px', background: light.page }}>
        <table
          class="card"
          role="presentation"
          width="100%"
          cellPadding="0"
          cellSpacing="0"
          style={{
            maxWidth: '600px',
            margin: '0 auto',
            background: light.card,
            border: `1px solid ${light.line}`,
          }}
        >
          <tbody>
            <Brand parts={parts} header={header} />
            <tr>
              <Card parts={parts} colours={light} />
            </tr>
          </tbody>
        </table>
      </body>
    </html>
  )
}

function textOf(parts: MailContent) {
  const { button } = parts
  const link = button
    ? [button.before, `${parts.say('mail.button-as-text', { label: button.label })}\n${button.url}`]
    : []
  const body = [greeting(parts), ...parts.paragraphs, ...parts.when]
  return `${[...body, ...link, ...closingLines(parts)].join('\n\n')}\n`
}

/** Renders the same content as HTML and as plain text; the one template of all mails. */
export const renderMail = (parts: MailContent): RenderedMail => ({
  subject: parts.subject,
  html: `<!doctype html>${renderToString(<MailBody parts={parts} />)}`,
  text: textOf(parts),
  ...(parts.logo && { logo: parts.logo }),
})
