import pg from 'pg'

/** The books of the SQLite file in a schema of their own; made once. Its name is in server.mjs, too. */
export async function preparePostgres(connectionString) {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    const { rows } = await client.query("select to_regclass('debug_toolbar_bench.books') as books")
    if (rows[0].books !== null) return
    await client.query(`
      begin;
      create schema debug_toolbar_bench;
      create table debug_toolbar_bench.authors as
        select id, 'Author Number ' || id as name, repeat('Wrote much, and was read by many. ', 6) as bio from generate_series(1, 200) as id;
      create table debug_toolbar_bench.books as
        select id, 'The Book of Chapter ' || id as title, (id * 7) % 200 + 1 as author_id,
          (5 + ((id * 37) % 4000) / 100.0)::float8 as price, 1900 + id % 120 as year
        from generate_series(1, 2000) as id;
      alter table debug_toolbar_bench.authors add primary key (id);
      alter table debug_toolbar_bench.books add primary key (id);
      commit;
    `)
  } finally {
    await client.end()
  }
}
