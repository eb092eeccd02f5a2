import { useEffect, useMemo, useReducer } from 'preact/hooks'
import type { EntryDetail, ExplainAnswer, RunAnswer } from '../../contract/types.ts'
import { type PanelHost, usePanel } from '../../ui/panel.ts'

/** What was asked of the server about one entry. */
export interface Answer<Value> {
  state: 'none' | 'asking' | 'there' | 'failed'
  value: Value | null
  /** a sentence for the reader */
  error: string
}

interface Values {
  detail: EntryDetail
  explain: ExplainAnswer
  run: RunAnswer
}

const none: Answer<never> = { state: 'none', value: null, error: '' }

const ask: { [Name in keyof Values]: (panel: PanelHost, entry: number, analyze: boolean) => Promise<Values[Name]> } = {
  detail: (panel, entry) => panel.entryDetail(entry),
  explain: (panel, entry, analyze) => panel.explain(entry, analyze),
  run: (panel, entry) => panel.run(entry),
}

export interface Answers {
  of<Name extends keyof Values>(name: Name, entry: number): Answer<Values[Name]>
  ask(name: keyof Values, entry: number, analyze?: boolean): void
}

/** Answers of the server about the entries of a record, kept while the record is shown. */
export function useAnswers(): Answers {
  const panel = usePanel()
  const [, redraw] = useReducer((times: number, _: unknown) => times + 1, 0)
  const known = useMemo(() => new Map<string, Answer<unknown>>(), [])
  return {
    of: (name, entry) => (known.get(`${name} ${entry}`) ?? none) as Answer<Values[typeof name]>,
    ask: (name, entry, analyze = false) => {
      const key = `${name} ${entry}`
      const before = known.get(key) ?? none
      if (before.state === 'asking') return
      const put = (answer: Answer<unknown>): void => {
        known.set(key, answer)
        redraw(null)
      }
      put({ ...before, state: 'asking', error: '' })
      ask[name](panel, entry, analyze).then(
        (value) => put({ state: 'there', value, error: '' }),
        (error: Error) => put({ ...before, state: 'failed', error: error.message }),
      )
    },
  }
}

/** The detail of an entry, asked for when it is first needed. */
export function useDetail(answers: Answers, entry: number): Answer<EntryDetail> {
  const answer = answers.of('detail', entry)
  useEffect(() => {
    if (answer.state === 'none') answers.ask('detail', entry)
  }, [entry, answer.state])
  return answer
}
