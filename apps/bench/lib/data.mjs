import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'

const folder = fileURLToPath(new URL('../../../node_modules/.cache/debug-toolbar/bench/', import.meta.url))

/** A SQLite file with 200 authors and 2,000 books, the same on every machine; made once. */
export function prepareDatabase() {
  const file = `${folder}books-1.sqlite`
  if (existsSync(file)) return file
  mkdirSync(folder, { recursive: true })
  const unfinished = `${file}.${process.pid}`
  rmSync(unfinished, { force: true })
  const db = new Database(unfinished)
  db.exec(`
    create table authors (id integer primary key, name text not null, bio text not null);
    create table books (id integer primary key, title text not null, author_id integer not null references authors, price real not null, year integer not null);
    create index books_by_author on books (author_id);
  `)
  const addAuthor = db.prepare('insert into authors (id, name, bio) values (?, ?, ?)')
  const addBook = db.prepare('insert into books (id, title, author_id, price, year) values (?, ?, ?, ?, ?)')
  db.transaction(() => {
    for (let id = 1; id <= 200; id++) addAuthor.run(id, `Author Number ${id}`, 'Wrote much, and was read by many. '.repeat(6))
    for (let id = 1; id <= 2000; id++)
      addBook.run(id, `The Book of Chapter ${id}`, ((id * 7) % 200) + 1, 5 + ((id * 37) % 4000) / 100, 1900 + (id % 120))
  })()
  db.close()
  renameSync(unfinished, file)
  return file
}
