import { PolicyLines } from '../password/policy-lines.tsx'
import type { TextKey } from '../texts/texts.ts'
import type { Ui } from '../ui/ui.ts'
import type { Address, Known, Part, Step } from './help.ts'
import type { PictureName, Pictures } from './pictures.ts'
import { Words } from './words.tsx'

export type Shown = { readonly ui: Ui; readonly known: Known; readonly pictures: Pictures }

export const hrefOf = (ui: Ui, { route, params }: Address) => ui.href(route, params)

/** Loaded when a reader comes to it, in a room kept for it. */
const Picture = ({ ui, pictures, name }: Omit<Shown, 'known'> & { name: PictureName }) => {
  const found = pictures.find(ui.language, name)
  return (
    found && (
      <img
        class="shot"
        src={ui.href('helpPicture', { file: found.file })}
        alt={ui.say(`help.picture.${name}` satisfies TextKey)}
        width={found.width}
        height={found.height}
        loading="lazy"
        decoding="async"
      />
    )
  )
}

const Taken = ({ step, ...shown }: Shown & { step: Step }) => (
  <li>
    <div class="stack">
      <p>
        <Words ui={shown.ui} sentence={step} />
      </p>
      {step.also && (
        <p class="quiet">
          <Words ui={shown.ui} sentence={step.also} />
        </p>
      )}
      {step.picture && <Picture {...shown} name={step.picture} />}
    </div>
  </li>
)

const capital = (words: string) => words.charAt(0).toLocaleUpperCase('fr') + words.slice(1)

/** One part of a section, whatever its kind. */
export const PartOf = ({ part, ...shown }: Shown & { part: Part }) => {
  const { ui, known } = shown
  switch (part.kind) {
    case 'text':
      return (
        <p>
          <Words ui={ui} sentence={part} />
        </p>
      )
    case 'list':
      return (
        <ul class="dashes stack">
          {part.items.map(item => (
            <li>
              <span>
                <Words ui={ui} sentence={item} />
              </span>
            </li>
          ))}
        </ul>
      )
    case 'steps':
      return (
        <ol class="guide">
          {part.steps.map(step => (
            <Taken {...shown} step={step} />
          ))}
        </ol>
      )
    case 'picture':
      return <Picture {...shown} name={part.picture} />
    case 'rules':
      return <PolicyLines ui={ui} policy={known.policy} />
    case 'services':
      return (
        <ul class="dashes">
          {known.services.map(({ use }) => (
            <li>{capital(use[ui.language])}</li>
          ))}
        </ul>
      )
    case 'link':
      return (
        <p>
          <a class="go" href={hrefOf(ui, part.to)}>
            {ui.say(part.key)}
          </a>
        </p>
      )
  }
}
