import type { OverlayConfig, Site } from '../contract/types.ts'
import { usePanel } from './panel.ts'
import { type Place, toEditorHref, toPlaceText } from './source.ts'

interface Written {
  config: OverlayConfig | null
  editorUrl: string
  text: string
  href: string | null
}

const written = new WeakMap<object, Written>()

/** The address is made and checked once for each place: lists name the same ones in every row. */
function write(site: Site | Place, config: OverlayConfig | null, editorUrl: string): Written {
  const known = written.get(site)
  if (known?.config === config && known.editorUrl === editorUrl) return known
  const fresh = { config, editorUrl, text: toPlaceText(site, config), href: toEditorHref(editorUrl, site, config?.pathMap ?? []) }
  written.set(site, fresh)
  return fresh
}

/** A place in the code, cut from its start so that `books.ts:42` stays; opens the editor by its URL scheme. */
export function Source({ site, loud }: { site: Site | Place | null; loud?: boolean }) {
  const { config, editorUrl } = usePanel()
  if (!site) return null
  const { text, href } = write(site, config, editorUrl)
  const cut = text.lastIndexOf('/') + 1
  const inferred = 'inferred' in site && site.inferred
  const content = loud ? (
    <bdi>{text}</bdi>
  ) : (
    <bdi>
      {inferred && '~'}
      <span class="dir">{text.slice(0, cut)}</span>
      {text.slice(cut)}
    </bdi>
  )
  const name = loud ? 'srcl' : 'src'
  if (href === null) return <span class={name}>{content}</span>
  return (
    <a
      class={name}
      href={href}
      title={`Open ${text} in the editor${inferred ? ', taken from an earlier run of the same query' : ''}`}
      tabIndex={loud ? 0 : -1}
      onClick={(event) => event.stopPropagation()}
    >
      {content}
    </a>
  )
}
