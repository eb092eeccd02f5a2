import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from './fixtures.ts'
import { Toolbar } from './toolbar.ts'

test('failures inside of the toolbar are shown, and so is what is switched off for them', async ({ page }) => {
  const app = spawn(process.execPath, [fileURLToPath(new URL('failing-app.mjs', import.meta.url))], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  app.stderr.on('data', (chunk) => {
    said += chunk
  })
  try {
    const [line] = (await once(app.stdout, 'data')) as [Buffer]
    const url = String(line).trim()
    const shown = new Toolbar(page)
    await page.goto(url)
    await shown.open()
    const faults = page.getByRole('button', { name: /fault|off$/ })
    await expect(page.getByRole('button', { name: 'Dock' })).toBeVisible()
    await expect(faults).toHaveCount(0)
    await fetch(`${url}/break`)
    await expect(faults).toHaveText('1 fault')
    await faults.click()
    const dialog = page.getByRole('dialog', { name: 'Failures of the toolbar' })
    await expect(dialog).toContainText('measure.begin')
    await expect(dialog).toContainText('RangeError: planted')
    await expect(dialog).not.toContainText('hunter2')
    await page.keyboard.press('Escape')
    await expect(dialog).toHaveCount(0)
    await expect(faults).toBeFocused()
    for (let count = 0; count < 12; count++) expect((await fetch(url)).status).toBe(200)
    await expect(faults).toHaveText('measure off')
    await page.keyboard.press('Escape')
    await expect(shown.bar).toContainText('measure off')
    expect(said).toContain("'measure' is switched off until the app starts again")
    expect(said).not.toContain('hunter2')
    // an app that goes away under an open page is an error to the browser
    await page.goto('about:blank')
  } finally {
    app.kill()
    await once(app, 'exit')
  }
})
