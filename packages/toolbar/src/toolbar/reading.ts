import { Console } from '../console/console.ts'
import { PlanBook } from '../console/plan-book.ts'
import type { OverlayConfig, RequestSummary } from '../contract/types.ts'
import { forgetViews, toSummary, type ViewOptions } from '../core/emit.ts'
import { forgetShapes } from '../core/entries/sql.ts'
import type { RequestRecord } from '../core/record.ts'
import type { Recorder } from '../core/recorder.ts'
import { createRedactor } from '../core/redact.ts'
import { forgetStatements } from '../core/sql/statement.ts'
import { createApiRoutes } from '../http/api.ts'
import type { Assets } from '../http/assets.ts'
import { knownEditors } from '../http/editors.ts'
import type { Gate } from '../http/gate.ts'
import { createPageRoutes } from '../http/page.ts'
import type { Route } from '../http/routes.ts'
import { StreamHub } from '../http/stream.ts'
import { builtInPanels } from '../panels/index.ts'
import type { Panel, PanelContext } from '../panels/panel.ts'
import { builtInRules } from '../rules/index.ts'
import { createJudge } from '../rules/rule.ts'
import { forgetSources } from '../rules/source/parse.ts'
import { sources } from '../sources/index.ts'
import { quietSignals } from '../sources/quiet-signals.ts'
import { checkPanels } from './check-panels.ts'
import { checkRules } from './check-rules.ts'
import type { Settings } from './options.ts'

export interface ReadingOptions {
  settings: Settings
  gate: Gate
  recorder: Recorder
  /** labels of what is watched, by source, as the app gave them */
  watched: () => Record<string, string[]>
  assets: Assets
  version: string
}

/** What only a reader needs: masking, rules, panels, the console and all routes. */
export interface Reading {
  readonly routes: readonly Route[]
  summarise(record: RequestRecord): RequestSummary
  /** ends streams and connections, and forgets what was read */
  close(): void
}

/**
 * The second half of the toolbar. Loaded by `require` when somebody first reads, so that an app starts without it.
 * @throws ToolbarError for rules or panels that cannot be
 */
export function createReading({ settings, gate, recorder, watched, assets, version }: ReadingOptions): Reading {
  const console = new Console({ limits: settings.limits })
  const plans = new PlanBook(console, recorder)
  const redactor = createRedactor(settings.redact)
  const viewing: ViewOptions = {
    redactor,
    judge: createJudge(checkRules(settings.rules, builtInRules), {
      slowQueryMs: settings.slowQueryMs,
      planOf: (view, entryId) => plans.planOf(view, entryId),
    }),
  }
  const panels = checkPanels(settings.panels(builtInPanels))
  const panelContext: PanelContext = {
    slowQueryMs: settings.slowQueryMs,
    quietSignals: (fired) => quietSignals(redactor.text, fired),
  }
  const stream = new StreamHub(recorder, version)
  // a label may be an address with a password in it
  const labels = (): OverlayConfig['watched'] =>
    Object.fromEntries(Object.entries(watched()).map(([id, names]) => [id, names.map(redactor.text)]))
  const routes = [
    ...createApiRoutes({
      recorder,
      viewing,
      console,
      gate,
      panels,
      panelContext,
      config: () => toConfig(settings, panels, labels(), { maxRequests: recorder.options.store.maxRequests, version }),
      stream,
      version,
      path: settings.path,
      sources: () => {
        const names = labels()
        return sources.map(({ id, mechanism }) => ({ id, mechanism, watched: names[id] ?? [] }))
      },
    }),
    ...createPageRoutes(assets.entry, settings.path),
    assets.route,
  ]
  return {
    routes,
    summarise: (record) => toSummary(record, viewing),
    close() {
      stream.close()
      console.close()
      forgetViews()
      forgetShapes()
      forgetStatements()
      forgetSources()
    },
  }
}

function toConfig(
  settings: Settings,
  panels: readonly Panel[],
  watched: OverlayConfig['watched'],
  { maxRequests, version }: { maxRequests: number; version: string },
): OverlayConfig {
  return {
    version,
    path: settings.path,
    theme: settings.theme,
    position: settings.position,
    editorUrl: knownEditors[settings.editor] ?? settings.editor,
    pathMap: Object.entries(settings.pathMap).sort(([a], [b]) => b.length - a.length),
    root: process.cwd(),
    slowQueryMs: settings.slowQueryMs,
    maxRequests,
    panels: panels.map(({ id, title }) => ({ id, title })),
    watched,
  }
}
