import { renderToString } from 'preact-render-to-string'
import { locales } from '../../texts/locales.ts'
import type { Language, Say } from '../../texts/texts.ts'
import type { Branding } from '../../ui/theme.ts'
import type { RenderedMail } from '../outbox-types.ts'

export type MailContent = {
  readonly language: Language
  readonly say: Say
  readonly branding: Branding
  readonly subject: string
  /** Empty when the mail goes to the helpdesk. */
  readonly name: string
  readonly paragraphs: readonly string[]
  readonly button: { readonly before: string; readonly label: string; readonly url: string } | null
}

const textStyle = { margin: '0 0 16px', font: '16px/1.5 system-ui, Segoe UI, Roboto, sans-serif' } as const

/** Black or white, whichever has more contrast on the institution's colour: at least 4.5:1 on any colour (WCAG 1.4.3). */
function textColourOn(colour: string) {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(at => {
    const light = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return light <= 0.04045 ? light / 12.92 : ((light + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#000000' : '#ffffff'
}

const closingLines = ({ say, branding }: MailContent) => [
  say('mail.help', { phone: branding.helpdesk.phone, mail: branding.helpdesk.mail }),
  say('mail.signature', { institution: branding.institution }),
]

const greeting = ({ say, name }: MailContent) =>
  name ? say('mail.hello', { name }) : say('mail.hello-nobody')

function MailBody(parts: MailContent) {
  const { language, subject, paragraphs, button, branding } = parts
  return (
    <html lang={language} dir={locales[language].direction}>
      <head>
        <meta charset="utf-8" />
        <meta name="color-scheme" content="light dark" />
        <title>{subject}</title>
      </head>
      <body style={{ margin: 0, padding: '24px 16px' }}>
        <div style={{ maxWidth: '560px', margin: '0 auto' }}>
          <h1 style={{ font: '500 24px/1.25 Georgia, serif', margin: '0 0 20px' }}>{subject}</h1>
          <p style={textStyle}>{greeting(parts)}</p>
          {paragraphs.map(paragraph => (
            <p style={textStyle}>{paragraph}</p>
          ))}
          {button && (
            <>
              <p style={textStyle}>{button.before}</p>
              <p style={textStyle}>
                <a
                  href={button.url}
                  style={{
                    display: 'inline-block',
                    padding: '14px 24px',
                    borderRadius: '10px',
                    background: branding.primary,
                    color: textColourOn(branding.primary),
                    fontWeight: 600,
                    textDecoration: 'none',
                  }}
                >
                  {button.label}
                </a>
              </p>
              <p style={{ ...textStyle, fontSize: '14px' }}>
                {parts.say('mail.link')}
                <br />
                <a href={button.url}>{button.url}</a>
              </p>
            </>
          )}
          {closingLines(parts).map(line => (
            <p style={textStyle}>{line}</p>
          ))}
        </div>
      </body>
    </html>
  )
}

function textOf(parts: MailContent) {
  const { button } = parts
  const link = button
    ? [button.before, `${parts.say('mail.button-as-text', { label: button.label })}\n${button.url}`]
    : []
  return `${[greeting(parts), ...parts.paragraphs, ...link, ...closingLines(parts)].join('\n\n')}\n`
}

/** Renders the same content as HTML and as plain text. */
export const renderMail = (parts: MailContent): RenderedMail => ({
  subject: parts.subject,
  html: `<!doctype html>${renderToString(<MailBody {...parts} />)}`,
  text: textOf(parts),
})
