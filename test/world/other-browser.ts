/** What a walk needs of a browser that playwright does not drive. A selector names the first element that it finds. */
export type OtherBrowser = {
  readonly name: string
  readonly open: (url: string) => Promise<unknown>
  /** The value of an expression in the page. */
  readonly read: <Result>(expression: string) => Promise<Result>
  /** Presses and types as a person does, not by a script of the page. */
  readonly press: (selector: string) => Promise<unknown>
  readonly type: (selector: string, text: string) => Promise<unknown>
  readonly resize: (width: number, height: number) => Promise<unknown>
  readonly stop: () => Promise<unknown>
}

/** Presses what leads to another page, and waits until that page is there. */
export const follow = async (browser: OtherBrowser, selector: string) => {
  await browser.read('window.pageBefore = true')
  await browser.press(selector)
  for (let tries = 0; tries < 600; tries += 1) {
    // Between two documents there is none to ask, or an empty one.
    const arrived = await browser
      .read<boolean>(
        '!window.pageBefore && location.href !== "about:blank" && document.readyState === "complete"',
      )
      .catch(() => false)
    if (arrived) return
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  throw new Error(`${browser.name}: no page follows ${selector}`)
}
