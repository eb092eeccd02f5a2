/**
 * The chapters of "Things that go wrong". Adding a page puts it on the index, gives it its explanation and the
 * code of its own handler; a second handler is its fixed twin, under the same address and `/fixed`.
 */
export function createLessons(router) {
  const chapters = []

  function chapter(title) {
    const lessons = []
    chapters.push({ title, lessons })

    /** @param {{ path: string, title: string, wrong?: string, happens?: string, shows: string, fix?: string, tries?: object[], code?: Function }} lesson */
    function page(lesson, handler, fixedHandler) {
      const entry = {
        ...lesson,
        path: `/wrong${lesson.path}`,
        fixedPath: fixedHandler && `/wrong${lesson.path}/fixed`,
        tries: lesson.tries ?? [],
      }
      lessons.push(entry)
      router.get(lesson.path, explain(entry, handler), handler)
      if (fixedHandler) router.get(`${lesson.path}/fixed`, explain(entry, fixedHandler, true), fixedHandler)
    }
    return page
  }

  return { chapter, chapters }
}

function explain(lesson, handler, fixed = false) {
  const code = unindent((lesson.code ?? handler).toString())
  return function explainLesson(_req, res, next) {
    res.locals.lesson = { ...lesson, fixed, code }
    next()
  }
}

/** A handler stands as deep in its file as its closing brace does. */
const unindent = (code) => code.replaceAll(`\n${/\n( *)\}$/.exec(code)?.[1] ?? ''}`, '\n')
