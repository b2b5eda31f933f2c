/** What a page may get wrong as it is looked at: rules of axe, room at a high zoom, states under forced colours, motion. */
import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** Puts axe into the page; it stays until the page is loaded anew. */
export async function bringAxe(page: Page): Promise<void> {
  await page.evaluate(axe.source)
}

/** The violations of WCAG 2.2 A and AA that axe finds on what the page shows now, or on the part of it that `within` selects. */
export function violations(page: Page, within: string | null): Promise<string[]> {
  return page.evaluate(async (part) => {
    const { axe: inPage } = window as unknown as { axe: typeof axe }
    const found = await inPage.run(part ?? document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
      resultTypes: ['violations'],
    })
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)
  }, within)
}

/**
 * What does not find its room: a page or screen that scrolls sideways, a control that cannot be scrolled into sight, words cut off
 * without a mark of it. Boxes that scroll sideways on their own (tables, strips, code) may.
 */
export function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const name = (node: Element): string => {
      const words = (node.getAttribute('aria-label') ?? node.textContent ?? '').trim().replaceAll(/\s+/g, ' ')
      return `${node.tagName.toLowerCase()}${node.id === '' ? '' : `#${node.id}`}.${node.className} “${words.slice(0, 30)}”`
    }
    const problems: string[] = []
    const { documentElement: root } = document
    if (root.scrollWidth > innerWidth) problems.push(`the page scrolls sideways: ${root.scrollWidth} of ${innerWidth}`)
    if (root.scrollHeight > innerHeight) problems.push(`the page scrolls: ${root.scrollHeight} of ${innerHeight}`)
    for (const pane of document.querySelectorAll('main, main > *, aside, dialog[open]')) {
      const sideways = getComputedStyle(pane).overflowX !== 'visible' && pane.scrollWidth > pane.clientWidth + 1
      if (!sideways || pane.matches('.scroll, .unseen')) continue
      const room = pane.getBoundingClientRect().left + pane.clientWidth + 1
      const held = (each: Element): boolean =>
        each !== pane && (getComputedStyle(each).overflowX !== 'visible' || held(each.parentElement ?? pane))
      const wide = [...pane.querySelectorAll('*')].find(
        (each) => each.getBoundingClientRect().right > room && !held(each.parentElement ?? pane),
      )
      problems.push(`${name(pane)} scrolls sideways for ${wide === undefined ? 'no one' : name(wide)}`)
    }
    const dialog = document.querySelector('dialog[open]')
    const within = dialog ?? document.body
    for (const node of within.querySelectorAll('button, a[href], input, select, textarea, summary, [tabindex="0"]')) {
      if (!node.checkVisibility({ visibilityProperty: true }) || node.matches('.unseen')) continue
      const box = node.getBoundingClientRect()
      const free = { x: false, y: false }
      for (let around = node.parentElement; around !== null; around = around.parentElement) {
        const style = getComputedStyle(around)
        const room =
          around === document.body ? new DOMRect(0, 0, innerWidth, innerHeight) : around.getBoundingClientRect()
        for (const [axis, from, to] of [
          ['x', 'left', 'right'],
          ['y', 'top', 'bottom'],
        ] as const) {
          const overflow = axis === 'x' ? style.overflowX : style.overflowY
          if (overflow === 'auto' || overflow === 'scroll') free[axis] = true
          const clips = around === document.body || overflow === 'hidden' || overflow === 'clip'
          if (!free[axis] && clips && (box[from] < room[from] - 1 || box[to] > room[to] + 1)) {
            problems.push(`${name(node)} is cut off by ${name(around)} along ${axis}`)
            free[axis] = true
          }
        }
        if (around === dialog) break
      }
    }
    for (const node of within.querySelectorAll('*')) {
      if (node.clientWidth === 0 || node.scrollWidth <= node.clientWidth + 1 || node.matches('.unseen')) continue
      const { overflowX, textOverflow, clipPath } = getComputedStyle(node)
      // Words for screen readers alone.
      if (clipPath !== 'none' || node.querySelector(':scope > .unseen') !== null) continue
      const hides = overflowX === 'hidden' || overflowX === 'clip'
      if (hides && textOverflow !== 'ellipsis') problems.push(`${name(node)} hides its end`)
    }
    return problems
  })
}

/** Where forced colours leave what is chosen, pressed or current looking like what is not. */
export function alike(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const look = (node: Element): string => {
      const style = getComputedStyle(node)
      const { color, border, borderWidth, outline, textDecoration, fontWeight } = style
      // Forced colours paint over backgrounds and shadows, whatever their computed values.
      const own = style.forcedColorAdjust === 'none' ? style.backgroundColor : ''
      const glyphs = [...node.querySelectorAll('*')].map((each) => each.getAttribute('class')).join()
      return [color, own, border, borderWidth, outline, textDecoration, fontWeight, glyphs].join('|')
    }
    const problems: string[] = []
    for (const state of ['aria-checked', 'aria-pressed', 'aria-selected', 'aria-current']) {
      for (const on of document.querySelectorAll(`[${state}]:not([${state}="false"])`)) {
        if (on === document.activeElement || !on.checkVisibility()) continue
        const off = [...(on.parentElement?.children ?? [])].find(
          (each) =>
            each.tagName === on.tagName &&
            each !== document.activeElement &&
            (each.getAttribute(state) ?? 'false') === 'false' &&
            each.getAttribute('aria-disabled') === on.getAttribute('aria-disabled'),
        )
        if (off !== undefined && look(on) === look(off)) {
          problems.push(
            `${state} of ${on.tagName.toLowerCase()}.${on.className} “${on.textContent.slice(0, 30)}” does not show`,
          )
        }
      }
    }
    return [...new Set(problems)]
  })
}

/** What still moves where no motion is wanted, a skeleton and a sliding bar put there to see among it. */
export function moving(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const probe = document.createElement('div')
    probe.innerHTML = '<p class="skeleton"></p><p class="track track-open"><span></span></p><p class="caret"></p>'
    document.body.append(probe)
    const found = document
      .getAnimations()
      .filter(({ effect }) => Number(effect?.getComputedTiming().activeDuration ?? 0) > 100)
      .map(({ effect }) => (effect instanceof KeyframeEffect ? `${effect.target?.className} moves` : 'something moves'))
    probe.remove()
    return found
  })
}
