/** Words of SQL that tell clauses from names. Lower case. */

export const aggregates: ReadonlySet<string> = new Set(
  'count sum avg min max total group_concat string_agg array_agg json_agg jsonb_agg json_object_agg jsonb_object_agg json_arrayagg json_objectagg json_group_array json_group_object bool_and bool_or every bit_and bit_or stddev variance stddev_pop stddev_samp var_pop var_samp std'.split(
    ' ',
  ),
)

/** Functions whose answer differs from call to call, or that do something. */
export const volatileFunctions: ReadonlySet<string> = new Set(
  'now random rand randomblob nextval currval lastval setval uuid uuid_short gen_random_uuid uuid_generate_v1 uuid_generate_v4 uuidv4 uuidv7 clock_timestamp statement_timestamp transaction_timestamp timeofday sysdate curdate curtime utc_date utc_time utc_timestamp unix_timestamp unixepoch getdate newid last_insert_rowid last_insert_id changes total_changes row_count found_rows connection_id pg_backend_pid sleep pg_sleep benchmark get_lock release_lock is_free_lock pg_advisory_lock pg_advisory_xact_lock pg_try_advisory_lock pg_try_advisory_xact_lock pg_advisory_unlock pg_notify txid_current'.split(
    ' ',
  ),
)

/** The same, but written without brackets. */
export const volatileWords: ReadonlySet<string> = new Set(
  'current_timestamp current_date current_time localtime localtimestamp sysdate'.split(' '),
)

/** Words after which a name is no alias. */
export const reserved: ReadonlySet<string> = new Set(
  'select from where group having order limit offset fetch for union intersect except on using join inner left right full cross natural outer lateral as set values returning window and or not in is null like ilike between exists case when then else end distinct all any some with recursive into straight_join use force ignore index partition tablesample default collate escape asc desc by only'.split(
    ' ',
  ),
)

export const writing: ReadonlySet<string> = new Set(
  'insert update delete replace merge truncate create alter drop call do copy lock vacuum reindex refresh grant revoke load exec execute'.split(
    ' ',
  ),
)
