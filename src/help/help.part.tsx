import { PolicyLines } from '../password/policy-lines.part.tsx'
import type { TextKey } from '../texts/texts.ts'
import { inLanguage } from '../texts/translated.ts'
import type { Ui } from '../ui/ui.ts'
import type { HelpContext, Part, RouteTarget, Step } from './help.ts'
import type { PictureName, Pictures } from './pictures.ts'
import { SentenceText } from './sentence-text.part.tsx'

export type RenderContext = { readonly ui: Ui; readonly context: HelpContext; readonly pictures: Pictures }

export const hrefOf = (ui: Ui, { route, params }: RouteTarget) => ui.href(route, params)

/** Loaded lazily; its size is given, so that the page does not shift. */
const Picture = ({ ui, pictures, name }: Omit<RenderContext, 'known'> & { name: PictureName }) => {
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

/** Whether the institution words a button or field that the step names otherwise than the picture shows it. */
const isReworded = ({ ui, context }: RenderContext, { names = {} }: Step) =>
  Object.values(names).some(key => context.reworded[ui.language].has(key))

const StepItem = ({ step, ...renderContext }: RenderContext & { step: Step }) => (
  <li>
    <div class="stack">
      <p>
        <SentenceText ui={renderContext.ui} sentence={step} />
      </p>
      {step.also && (
        <p class="quiet">
          <SentenceText ui={renderContext.ui} sentence={step.also} />
        </p>
      )}
      {step.picture && !isReworded(renderContext, step) && <Picture {...renderContext} name={step.picture} />}
    </div>
  </li>
)

const capital = (words: string, { locale }: Ui) =>
  words.charAt(0).toLocaleUpperCase(locale.formats) + words.slice(1)

/** One part of a section, whatever its kind. */
export const PartView = ({ part, ...renderContext }: RenderContext & { part: Part }) => {
  const { ui, context } = renderContext
  switch (part.kind) {
    case 'text':
      return (
        <p>
          <SentenceText ui={ui} sentence={part} />
        </p>
      )
    case 'list':
      return (
        <ul class="dashes stack">
          {part.items.map(item => (
            <li>
              <span>
                <SentenceText ui={ui} sentence={item} />
              </span>
            </li>
          ))}
        </ul>
      )
    case 'steps':
      return (
        <ol class="guide">
          {part.steps.map(step => (
            <StepItem {...renderContext} step={step} />
          ))}
        </ol>
      )
    case 'picture':
      return <Picture {...renderContext} name={part.picture} />
    case 'rules':
      return <PolicyLines ui={ui} policy={context.policy} />
    case 'services':
      return (
        <ul class="dashes">
          {context.services.map(({ use }) => (
            <li>{capital(inLanguage(use, ui.language) ?? '', ui)}</li>
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
