/** Inserts one row and gives its id: PostgreSQL and SQLite return it, MySQL tells it. */
export async function insertRow(db, table, row) {
  const [inserted] = db.client.config.client === 'mysql2' ? await db(table).insert(row) : await db(table).insert(row, ['id'])
  return typeof inserted === 'object' ? inserted.id : inserted
}
