import type { Branding } from '../../ui/theme.ts'

type Props = { readonly text: string; readonly colour: string; readonly helpdesk?: Branding['helpdesk'] }

/** An address of the web, without the sign of the sentence that follows it. */
const webAddress = 'https?:\\/\\/\\S+[^\\s.,;:!?»”")]'

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Where a part of a sentence leads; `null`: it is only text. */
function targetOf(part: string, helpdesk: Props['helpdesk']) {
  if (part === helpdesk?.phone) return `tel:${part.replace(/[^+\d]/g, '')}`
  if (part === helpdesk?.mail) return `mailto:${part}`
  return /^https?:/.test(part) ? part : null
}

/** A sentence whose addresses of the web are links, and the telephone and mail of the helpdesk where it names them. */
export function WithLinks({ text, colour, helpdesk }: Props) {
  const named = helpdesk ? [helpdesk.phone, helpdesk.mail].map(escaped) : []
  const parts = text.split(new RegExp(`(${[webAddress, ...named].join('|')})`))
  return (
    <>
      {parts.map(part => {
        const href = targetOf(part, helpdesk)
        if (href === null) return part
        const breaks = href === part ? { wordBreak: 'break-all' } : { whiteSpace: 'nowrap' }
        return (
          <a class="link" href={href} style={{ color: colour, ...breaks }}>
            {part}
          </a>
        )
      })}
    </>
  )
}
